// An inspector on the terminal in whose process something throws, for the test of how that ends.

import { runOnTerminal } from '../../../apps/inspector/run-on-terminal.ts'

setTimeout(() => {
  throw new Error('a fault of ours')
}, 300)

try {
  await runOnTerminal(process.stdin, process.stdout, {
    cluster: 'test',
    view: 'actors',
    find: () => [{ name: 'node0', nodes: ['node0'], url: 'http://127.0.0.1:9' }],
    token: undefined,
    colours: true,
  })
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}

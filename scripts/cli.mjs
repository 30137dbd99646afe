// What ./aitbc runs: makes sure that packages and build are there, then becomes the program. With
// AITBC_FROM_SOURCE=1 it runs the TypeScript sources instead, for work on the program itself.

import { ensureBuilt, ensureInstalled } from './prepare.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: Node ${process.versions.node} is too old\n`)
  process.stderr.write('why:   AITBC needs Node 20.19 or newer\n')
  process.stderr.write('do:    install a newer Node, then run the command again\n')
  process.exit(1)
}

ensureInstalled()
if (process.env.AITBC_FROM_SOURCE === '1') {
  process.setSourceMapsEnabled(true)
  const { register } = await import('tsx/esm/api')
  register()
  await import('../apps/cli/main.ts')
} else {
  await import('../lib/mapped-stacks.mjs')
  ensureBuilt()
  await import('../dist/apps/cli/main.js')
}

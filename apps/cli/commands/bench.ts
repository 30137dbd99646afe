// aitbc bench NAME: measures, in processes of its own. What follows the name is the bench's; it is
// no part of the program but of the project, like npm run bench, which does the same.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

const PROGRAM = ['scripts', 'run-bench.mjs']
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Resolves when both streams have ended. What goes to `out` is kept back with --json. */
async function passOn(
  args: readonly string[],
  terminal: Terminal,
): Promise<{ status: number; kept: string }> {
  const { packageRoot } = await import('../../../lib/package-root.ts')
  const root = packageRoot()
  const child = spawn(process.execPath, [join(root, ...PROGRAM), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of SIGNALS) process.on(signal, stop)
  const json = args.includes('--json')
  let kept = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (json) kept += text
    else terminal.out(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => terminal.err(text))
  try {
    const status = await new Promise<number>((done, refuse) => {
      child.once('error', refuse)
      child.once('close', (code) => done(code ?? 1))
    })
    return { status, kept }
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

/** A result that is no good one is printed all the same. */
function documentOf(text: string): object | undefined {
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

export function benchCommand(terminal: Terminal): Command {
  return new Command('bench')
    .description('measure; without a name, lists what can be measured')
    .argument('[name]', 'base, rpc, finality …; compare A.json B.json; gate or verify FILE.json')
    .argument('[options...]', 'of the bench: --json, --seconds N, --validators N …')
    .allowUnknownOption()
    .action(async (_name: string | undefined, _options: string[], _: object, command: Command) => {
      const { status, kept } = await passOn(command.args, terminal)
      if (status === 0) {
        terminal.out(kept)
        return
      }
      const why = `its process ended with status ${status}; what it said is above`
      const hint = 'on a machine with less other work, or with lower --offered'
      throw new CliError('BENCH_FAILED', 'no good result', why, hint, documentOf(kept))
    })
}

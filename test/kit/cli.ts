// One command line, run in this process: its exit status and what it wrote. `more` is what else the
// terminal has or is.

import { runCli } from '../../apps/cli/run-cli.ts'
import type { Terminal } from '../../apps/cli/terminal.ts'

export interface CliRun {
  readonly status: number
  readonly out: string
  readonly err: string
}

export async function runCommand(
  cwd: string,
  args: readonly string[],
  more: Partial<Omit<Terminal, 'out' | 'err' | 'cwd'>> = {},
): Promise<CliRun> {
  let out = ''
  let err = ''
  const terminal: Terminal = {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    interactive: false,
    columns: 80,
    env: {},
    cwd,
    ...more,
  }
  return { status: await runCli(args, terminal), out, err }
}

// One command line, run in this process: its exit status and what it wrote.

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
  env: Readonly<Record<string, string>> = {},
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
    env,
    cwd,
  }
  return { status: await runCli(args, terminal), out, err }
}

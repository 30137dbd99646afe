// What a command may touch of the outside: two streams, the environment, the folder it was started
// in, a person who can be asked. Tests pass their own.

import { askSecret } from './ask-secret.ts'

export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** True when `out` is a person's screen: lines may be rewritten in place. */
  readonly interactive: boolean
  readonly columns: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Asks for a line that is not shown; undefined when nobody is there to answer. */
  readonly secret?: ((question: string) => Promise<string>) | undefined
}

export function processTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    interactive: process.stdout.isTTY === true && process.env.TERM !== 'dumb',
    columns: process.stdout.columns ?? 100,
    env: process.env,
    cwd: process.cwd(),
    secret: process.stdin.isTTY ? askSecret : undefined,
  }
}

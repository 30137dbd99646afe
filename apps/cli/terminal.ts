// What a command may touch of the outside: two streams, the environment, the folder it was started
// in. Tests pass their own.

export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** True when `out` is a person's screen: lines may be rewritten in place. */
  readonly interactive: boolean
  readonly columns: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

export function processTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    interactive: process.stdout.isTTY === true && process.env.TERM !== 'dumb',
    columns: process.stdout.columns ?? 100,
    env: process.env,
    cwd: process.cwd(),
  }
}

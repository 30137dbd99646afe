// Asks again until there is an answer, or it took too long.

import { setTimeout as pause } from 'node:timers/promises'
import { CliError } from './cli-error.ts'

const POLL_MS = 100

export interface WaitOptions {
  readonly limitMs: number
  /** What has not happened, for the error. */
  readonly message: string
  readonly hint: string
}

/** Rejects with CliError TIMEOUT. */
export async function waitFor<T>(
  ask: () => Promise<T | null | undefined>,
  { limitMs, message, hint }: WaitOptions,
): Promise<T> {
  const started = performance.now()
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== null) return found
    if (performance.now() - started > limitMs) {
      throw new CliError('TIMEOUT', message, `not within ${limitMs / 1000} s`, hint)
    }
    await pause(POLL_MS)
  }
}

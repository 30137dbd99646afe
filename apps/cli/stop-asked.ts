// Waits for Ctrl-C or SIGTERM; a second one ends the process at once, and so does a stop that takes
// too long: whoever stops services kills after 10 s, and killed in the middle is always safe.

import { NODE_STOP_MS } from '../../config/limits.ts'

/** Above what the supervisor gives each of its processes. */
const SLACK_MS = 500

export function stopAsked(): Promise<void> {
  return new Promise((done) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130)
        asked = true
        setTimeout(() => {
          process.stderr.write(
            `not stopped after ${NODE_STOP_MS / 1000} s: ended; what was acknowledged is on disk\n`,
          )
          process.exit(1)
        }, NODE_STOP_MS + SLACK_MS).unref()
        done()
      })
    }
  })
}

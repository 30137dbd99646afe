// A wrong date for one process: the library of faketime, loaded first. Not its command, which
// stays between us and the process, so that a signal would reach the wrong one.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const LIBRARIES = '/usr/lib'

/** Undefined where faketime is not installed. */
export function fakeTimeLibrary(): string | undefined {
  if (!existsSync(LIBRARIES)) return undefined
  return readdirSync(LIBRARIES)
    .map((folder) => join(LIBRARIES, folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((file) => existsSync(file))
}

/** What the environment of a process whose clock is off by `offsetMs` has besides. */
export function fakeTime(offsetMs: number): Record<string, string> {
  const library = fakeTimeLibrary()
  if (offsetMs === 0 || library === undefined) return {}
  const sign = offsetMs < 0 ? '-' : '+'
  return {
    LD_PRELOAD: library,
    FAKETIME: `${sign}${Math.abs(offsetMs) / 1000}s`,
    // The timers of a process run on the monotonic clock, which no wrong date moves.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
}

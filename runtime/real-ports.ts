// The clock, entropy and scheduler of a real process. Time is monotonic for everything that waits;
// wall time is only read, never waited for.

import type { Clock, Entropy, Scheduler } from './ports.ts'

export const realClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}

export const realEntropy: Entropy = {
  random(below) {
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
    return Math.floor(((high & 0x1f_ffff) * 2 ** 32 + low) % below)
  },
}

/**
 * A microtask for the first turn after other work, then setImmediate, so that a busy host never
 * starves I/O (RUNTIME: pure microtasks livelock the loop, pure setImmediate costs 2.4 µs a hop).
 */
export const realScheduler: Scheduler = (() => {
  let sinceIo = 0
  return (turn: () => void) => {
    if (sinceIo === 0) setImmediate(() => (sinceIo = 0))
    sinceIo++
    if (sinceIo < 8) queueMicrotask(turn)
    else setImmediate(turn)
  }
})()

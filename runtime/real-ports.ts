// The clock, entropy and scheduler of a real process. Time is monotonic for everything that waits;
// wall time is only read, never waited for.

import { HANDLER_BUDGET_MS } from '../config/limits.ts'
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
 * Microtasks, so that a hop costs no turn of the event loop, until they have kept I/O and timers
 * waiting for HANDLER_BUDGET_MS; then setImmediate. (Pure microtasks livelock the loop, pure
 * setImmediate costs microseconds a hop.)
 */
export const realScheduler: Scheduler = (() => {
  let busy = false
  let busySince = 0
  const served = () => {
    busy = false
  }
  return (turn: () => void) => {
    const now = performance.now()
    if (!busy) {
      busy = true
      busySince = now
      setImmediate(served)
    }
    if (now - busySince < HANDLER_BUDGET_MS) queueMicrotask(turn)
    else setImmediate(turn)
  }
})()

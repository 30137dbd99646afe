// What keeps a thread from its work: pauses of the garbage collector, and an event loop that is
// late. Both are measured by the runtime itself, on the thread's own account.

import { type IntervalHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { type HistogramView, Log2Histogram } from '../../../lib/log2-histogram.ts'

const RESOLUTION_MS = 20

export class ThreadPauses {
  private readonly gc = new Log2Histogram()
  private readonly observer: PerformanceObserver
  private delay: IntervalHistogram | undefined

  constructor() {
    this.observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.gc.add(duration * 1000)
    })
    this.observer.observe({ entryTypes: ['gc'] })
  }

  gcUs(): HistogramView {
    return this.gc.view()
  }

  /** The worst since the last call; measured from the first call on. */
  loopLagMs(): number {
    if (!this.delay) {
      this.delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
      this.delay.enable()
      return 0
    }
    // It counts the interval as well.
    const lag = Math.max(0, this.delay.max / 1e6 - RESOLUTION_MS)
    this.delay.reset()
    return lag
  }
}

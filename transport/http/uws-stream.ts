// A streaming reply on uWebSockets.js: one cork per write, and the writer waits while the client's
// receive window is full.

import type uWS from 'uWebSockets.js'
import type { HttpSink } from './http-server.ts'

export interface FinishableSink extends HttpSink {
  /** Ends the body; only while the client is there. */
  finish(): void
}

export function sinkOf(
  res: uWS.HttpResponse,
  signal: AbortSignal,
  writeHead: () => void,
): FinishableSink {
  let begun = false
  let drained: (() => void) | undefined
  const wake = () => {
    drained?.()
    drained = undefined
  }
  signal.addEventListener('abort', wake, { once: true })
  res.onWritable(() => {
    wake()
    return true
  })
  const begin = () => {
    if (!begun) writeHead()
    begun = true
  }
  return {
    signal,
    async write(chunk) {
      if (signal.aborted) return false
      // A write of nothing would end the body.
      if (chunk.length === 0) return true
      let roomy = true
      res.cork(() => {
        begin()
        roomy = res.write(chunk)
      })
      if (!roomy) {
        await new Promise<void>((resolve) => {
          drained = resolve
        })
      }
      return !signal.aborted
    },
    finish() {
      res.cork(() => {
        begin()
        res.end()
      })
    },
  }
}

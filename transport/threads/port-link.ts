// A link over a MessagePort between two threads: each frame is transferred, not copied.

import type { MessagePort } from 'node:worker_threads'
import type { Lane, Link } from '../../runtime/ports.ts'

export function portLink(port: MessagePort): Link {
  let open = true
  let reason = 'closed by the peer'
  return {
    send(frame, lane) {
      if (!open) return false
      // msgpackr may hand out a view of a larger buffer: only an exact copy can be transferred.
      const copy = frame.slice()
      port.postMessage({ lane, frame: copy }, [copy.buffer as ArrayBuffer])
      return true
    },
    onFrame(receive) {
      port.on('message', ({ lane, frame }: { lane: Lane; frame: Uint8Array }) => {
        receive(frame, lane)
      })
    },
    onDrain() {},
    onDown(down) {
      port.once('close', () => {
        open = false
        down(reason)
      })
    },
    close(why = 'closed here') {
      open = false
      reason = why
      port.close()
    },
  }
}

// A link over a MessagePort between two threads: each frame is transferred, not copied.

import type { MessagePort } from 'node:worker_threads'
import type { Link } from '../../runtime/ports.ts'

export function portLink(port: MessagePort): Link {
  let open = true
  return {
    send(frame) {
      if (!open) return false
      // msgpackr may hand out a view of a larger buffer: only an exact copy can be transferred.
      const copy = frame.slice()
      port.postMessage(copy, [copy.buffer as ArrayBuffer])
      return true
    },
    onFrame(receive) {
      port.on('message', (frame: unknown) => {
        if (frame instanceof Uint8Array) receive(frame)
      })
    },
    onDown(down) {
      port.once('close', () => {
        open = false
        down()
      })
    },
    close() {
      open = false
      port.close()
    },
  }
}

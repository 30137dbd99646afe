// A pair of links inside one thread: for tests and for hosts that share a thread. Bounded like any
// other link, so that what is tested over it meets the same refusals.

import { LINK_BUFFER_BYTES_MAX } from '../../config/limits.ts'
import { OwnedLink } from '../../runtime/owned-link.ts'
import type { Lane, Link } from '../../runtime/ports.ts'

class MemoryLink extends OwnedLink implements Link {
  peer: MemoryLink | undefined
  private bytes = 0
  private refused = false

  join(peer: MemoryLink): void {
    this.peer = peer
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    const { peer } = this
    if (!peer) return false
    if (this.bytes > 0 && this.bytes + frame.length > LINK_BUFFER_BYTES_MAX) {
      this.refused = true
      return false
    }
    this.bytes += frame.length
    const copy = frame.slice()
    setImmediate(() => {
      this.bytes -= copy.length
      if (this.peer !== peer) return
      peer.receive(copy, lane)
      if (!this.refused || this.bytes > LINK_BUFFER_BYTES_MAX / 2) return
      this.refused = false
      this.drained()
    })
    return true
  }

  close(why = 'closed'): void {
    const { peer } = this
    if (!peer) return
    this.peer = undefined
    peer.peer = undefined
    setImmediate(() => {
      this.down(why)
      peer.down(why)
    })
  }
}

export function memoryLinks(): [Link, Link] {
  const a = new MemoryLink()
  const b = new MemoryLink()
  a.join(b)
  b.join(a)
  return [a, b]
}

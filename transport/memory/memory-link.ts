// A pair of links inside one thread: for tests and for hosts that share a thread.

import type { Link } from '../../runtime/ports.ts'

class MemoryLink implements Link {
  peer: MemoryLink | undefined
  receive: (frame: Uint8Array) => void = () => {}
  down: () => void = () => {}

  join(peer: MemoryLink): void {
    this.peer = peer
  }

  send(frame: Uint8Array): boolean {
    const { peer } = this
    if (!peer) return false
    setImmediate(() => peer.receive(frame))
    return true
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    this.receive = receive
  }

  onDown(down: () => void): void {
    this.down = down
  }

  close(): void {
    const { peer } = this
    if (!peer) return
    this.peer = undefined
    peer.peer = undefined
    setImmediate(() => {
      this.down()
      peer.down()
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

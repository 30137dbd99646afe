// What every link keeps of its owner: whom it tells of frames, of room, and of its end.

import type { Lane } from './ports.ts'

export abstract class OwnedLink {
  receive: (frame: Uint8Array, lane: Lane) => void = () => {}
  drained: () => void = () => {}
  down: (why: string) => void = () => {}

  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void {
    this.receive = receive
  }

  onDrain(drained: () => void): void {
    this.drained = drained
  }

  onDown(down: (why: string) => void): void {
    this.down = down
  }
}

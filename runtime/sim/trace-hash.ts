// A running hash over everything that happens in a simulated world. Two runs of one seed that end
// with the same hash took the same course; a single draw or byte more shows.

import { crc32 } from 'node:zlib'

export class TraceHash {
  private state = 0

  word(value: number): void {
    const mixed = Math.imul(this.state ^ value, 0x9e3779b1)
    this.state = (mixed ^ (mixed >>> 15)) >>> 0
  }

  /** A time in milliseconds, to the microsecond. */
  time(ms: number): void {
    this.word(Math.round(ms * 1000) | 0)
  }

  bytes(value: Uint8Array): void {
    this.state = crc32(value, this.state)
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i))
  }

  get value(): number {
    return this.state
  }
}

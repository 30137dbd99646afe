// A queue of byte records in shared memory between one writing and one reading thread, after the
// classic single-producer single-consumer ring: the writer moves `tail`, the reader moves `head`,
// and nobody takes a lock. A record lies in one piece; longer frames travel as several records.

import { FRAME_BYTES_MAX } from '../../config/limits.ts'

/** Words of a ring's control block: far apart, so that the two threads do not share cache lines. */
const HEAD = 0
const TAIL = 16
/** The writer waits for room. */
const WANT = 17
const CONTROL_BYTES = 128

/** The first word of a record: its length, whether the frame goes on, or that the ring wraps. */
const MORE = 0x8000_0000
const WRAP = 0x7fff_ffff

export function ringBytes(capacity: number): number {
  return CONTROL_BYTES + capacity
}

interface Region {
  readonly buffer: SharedArrayBuffer
  readonly offset: number
  /** A power of two. */
  readonly capacity: number
}

class Ring {
  protected readonly words: Int32Array
  protected readonly data: Uint8Array
  protected readonly lengths: Uint32Array
  protected readonly capacity: number

  constructor({ buffer, offset, capacity }: Region) {
    this.words = new Int32Array(buffer, offset, CONTROL_BYTES / 4)
    this.data = new Uint8Array(buffer, offset + CONTROL_BYTES, capacity)
    this.lengths = new Uint32Array(buffer, offset + CONTROL_BYTES, capacity / 4)
    this.capacity = capacity
  }
}

/** The room that a payload takes: its length word and whole words. */
const roomFor = (length: number) => 4 + ((length + 3) & ~3)

export class RingWriter extends Ring {
  private tail = 0
  private head = 0
  /** What is left of a frame that did not fit in one piece. */
  private rest: Uint8Array | undefined
  private refused = false

  /** False, and nothing taken, when there is no room now. */
  write(frame: Uint8Array): boolean {
    if (frame.length > FRAME_BYTES_MAX) throw new RangeError(`a frame of ${frame.length} bytes`)
    if (this.rest === undefined && frame.length <= this.pieceMax) {
      if (this.record(frame, frame.length, 0)) return true
    } else if (this.rest === undefined) {
      this.rest = frame.slice()
      this.pump()
      return true
    }
    this.refused = true
    return this.rest === undefined && this.ask(2 * roomFor(frame.length)) && this.write(frame)
  }

  /** Sends on what waits; true when something was sent. */
  pump(): boolean {
    let sent = false
    while (this.rest !== undefined) {
      const { rest } = this
      const length = Math.min(rest.length, this.pieceMax)
      const last = length === rest.length
      if (!this.record(rest, length, last ? 0 : MORE)) {
        if (!this.ask(2 * roomFor(length))) break
        continue
      }
      this.rest = last ? undefined : rest.subarray(length)
      sent = true
    }
    return sent
  }

  /** Something waits for room, and half of the ring is free; if it is not, the reader will ring. */
  hasRelief(): boolean {
    return (this.refused || this.rest !== undefined) && this.ask(this.capacity >> 1)
  }

  /** A refused sender may try again: said once for every refusal. */
  takeRelief(): boolean {
    if (!this.refused || this.rest !== undefined || !this.hasRelief()) return false
    this.refused = false
    return true
  }

  private get pieceMax(): number {
    return (this.capacity >> 2) - 4
  }

  /** The reader is to ring when half of the ring is free; true when there is so much room now. */
  private ask(need: number): boolean {
    Atomics.store(this.words, WANT, 1)
    return this.hasRoom(need)
  }

  private record(frame: Uint8Array, length: number, more: number): boolean {
    const { capacity, tail } = this
    const need = roomFor(length)
    const at = tail & (capacity - 1)
    const wrap = capacity - at < need ? capacity - at : 0
    if (!this.hasRoom(wrap + need)) return false
    if (wrap > 0) this.lengths[at >> 2] = WRAP
    const start = wrap > 0 ? 0 : at
    this.lengths[start >> 2] = length + more
    this.data.set(length === frame.length ? frame : frame.subarray(0, length), start + 4)
    this.tail = (tail + wrap + need) | 0
    Atomics.store(this.words, TAIL, this.tail)
    return true
  }

  private hasRoom(need: number): boolean {
    if (this.capacity - ((this.tail - this.head) >>> 0) >= need) return true
    this.head = Atomics.load(this.words, HEAD)
    return this.capacity - ((this.tail - this.head) >>> 0) >= need
  }
}

export class RingReader extends Ring {
  private head = 0
  private tail = 0
  /** What came of a frame that did not fit in one piece. */
  private pieces: Uint8Array[] = []

  get isEmpty(): boolean {
    if (this.head !== this.tail) return false
    this.tail = Atomics.load(this.words, TAIL)
    return this.head === this.tail
  }

  /**
   * Gives the next frame to `receive`, as a view of the ring that is good until it returns; false
   * when there is none.
   */
  read(receive: (frame: Uint8Array) => void): boolean {
    while (!this.isEmpty) {
      const at = this.head & (this.capacity - 1)
      const word = this.lengths[at >> 2] as number
      if (word === WRAP) {
        this.head = (this.head + this.capacity - at) | 0
        continue
      }
      const length = word & ~MORE
      const piece = this.data.subarray(at + 4, at + 4 + length)
      const next = (this.head + roomFor(length)) | 0
      const whole = word === length && this.pieces.length === 0
      if (whole) {
        try {
          receive(piece)
        } finally {
          this.release(next)
        }
        return true
      }
      this.pieces.push(piece.slice())
      this.release(next)
      if (word === length) {
        receive(joined(this.pieces.splice(0)))
        return true
      }
    }
    return false
  }

  private release(next: number): void {
    this.head = next
    Atomics.store(this.words, HEAD, next)
  }

  /** True, once, when the writer waits for room and half of the ring is free. */
  shouldRing(): boolean {
    if (Atomics.load(this.words, WANT) === 0) return false
    const used = (Atomics.load(this.words, TAIL) - this.head) >>> 0
    if (used > this.capacity >> 1) return false
    Atomics.store(this.words, WANT, 0)
    return true
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

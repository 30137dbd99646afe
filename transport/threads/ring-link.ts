// A link between two threads over shared memory: for each direction and lane a byte ring, for each
// side a bell. A thread that is awake is never rung; one that has nothing to do looks a few times
// more and then sleeps on its bell. Neither side blocks, and a link alone keeps no process alive.

import {
  FRAME_BYTES_FULL,
  FRAME_BYTES_MAX,
  RING_CONTROL_BYTES,
  RING_DATA_BYTES,
} from '../../config/limits.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { RingReader, RingWriter, ringBytes } from './byte-ring.ts'
import { waitWhile } from './wait-async.ts'

export type Side = 0 | 1

/** Words at the start of the shared memory: state, length of the reason, bells a line apart. */
const STATE = 0
const WHY_LENGTH = 1
const BELLS = [16, 32] as const
const WHY_AT = 256
const WHY_BYTES_MAX = 256
const RINGS_AT = WHY_AT + WHY_BYTES_MAX

const OPEN = 0
const CLOSED = 1
const AWAKE = 0
const ASLEEP = 1

/** Read before other work of the thread gets its turn. */
const FRAMES_PER_TURN = 64
const BYTES_PER_TURN = 2 * FRAME_BYTES_FULL
/**
 * Times that a thread looks again before it sleeps, when that has paid lately: where both threads
 * run at once an answer finds its asker awake. Where they share a core looking only keeps the other
 * from running, so it is given up, and tried again after so many sleeps.
 */
const LOOKS_MAX = 64
const SLEEPS_BEFORE_TRIAL = 256

const CAPACITY: Record<Lane, number> = { control: RING_CONTROL_BYTES, data: RING_DATA_BYTES }
const DIRECTION_BYTES = ringBytes(RING_CONTROL_BYTES) + ringBytes(RING_DATA_BYTES)

/** Shared memory for one link; each side makes its end of it with `ringLink`. */
export function ringMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(RINGS_AT + 2 * DIRECTION_BYTES)
}

function region(buffer: SharedArrayBuffer, direction: Side, lane: Lane) {
  const offset = RINGS_AT + direction * DIRECTION_BYTES
  const behind = lane === 'data' ? ringBytes(RING_CONTROL_BYTES) : 0
  return { buffer, offset: offset + behind, capacity: CAPACITY[lane] }
}

/** Ends a link from outside: its thread is gone and cannot say so. */
export function closeRing(buffer: SharedArrayBuffer, why: string): void {
  const words = new Int32Array(buffer, 0, RINGS_AT / 4)
  if (Atomics.compareExchange(words, STATE, OPEN, -1) !== OPEN) return
  const text = new TextEncoder().encode(why).subarray(0, WHY_BYTES_MAX)
  new Uint8Array(buffer, WHY_AT, WHY_BYTES_MAX).set(text)
  words[WHY_LENGTH] = text.length
  Atomics.store(words, STATE, CLOSED)
  for (const bell of BELLS) ring(words, bell)
}

function ring(words: Int32Array, bell: number): void {
  if (Atomics.load(words, bell) === AWAKE) return
  if (Atomics.exchange(words, bell, AWAKE) === ASLEEP) Atomics.notify(words, bell)
}

class RingLink implements Link {
  private readonly buffer: SharedArrayBuffer
  private readonly words: Int32Array
  private readonly mine: number
  private readonly theirs: number
  private readonly out: Record<Lane, RingWriter>
  private readonly in: Record<Lane, RingReader>
  private receive: ((frame: Uint8Array, lane: Lane) => void) | undefined
  private drained: () => void = () => {}
  private down: (why: string) => void = () => {}
  private ended = false
  /** Closed at this end: nothing more is received. */
  private deaf = false
  private looks = 0
  private looksAllowed = LOOKS_MAX
  private sleeps = 0
  private bytesRead = 0
  private readonly run = () => this.turn()
  private readonly takeControl = (frame: Uint8Array) => this.take(frame, 'control')
  private readonly takeData = (frame: Uint8Array) => this.take(frame, 'data')

  constructor(buffer: SharedArrayBuffer, side: Side) {
    const other: Side = side === 0 ? 1 : 0
    this.buffer = buffer
    this.words = new Int32Array(buffer, 0, RINGS_AT / 4)
    this.mine = BELLS[side]
    this.theirs = BELLS[other]
    const writer = (lane: Lane) => new RingWriter(region(buffer, side, lane))
    const reader = (lane: Lane) => new RingReader(region(buffer, other, lane))
    this.out = { control: writer('control'), data: writer('data') }
    this.in = { control: reader('control'), data: reader('data') }
    setImmediate(this.run)
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    if (this.ended || Atomics.load(this.words, STATE) !== OPEN) return false
    if (frame.length > FRAME_BYTES_MAX) throw new RangeError(`a frame of ${frame.length} bytes`)
    const taken = this.out[lane].write(frame)
    ring(this.words, this.theirs)
    return taken
  }

  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void {
    this.receive = receive
    ring(this.words, this.mine)
  }

  onDrain(drained: () => void): void {
    this.drained = drained
  }

  onDown(down: (why: string) => void): void {
    this.down = down
  }

  close(why = 'closed'): void {
    this.deaf = true
    closeRing(this.buffer, why)
  }

  /** One look at everything: what came, room for what waits, the end. */
  private turn(): void {
    if (this.ended) return
    const frames = this.read()
    this.write()
    if (Atomics.load(this.words, STATE) === CLOSED && (this.deaf || this.isEmpty)) {
      this.end()
      return
    }
    if (frames > 0) {
      if (this.looks > 0) this.looksAllowed = LOOKS_MAX
      this.looks = 0
    } else this.looks++
    const over = this.looksAllowed === 0 && frames <= 1
    if (this.looks <= this.looksAllowed && !over) setImmediate(this.run)
    else this.sleep()
  }

  /** Control before data. Returns how many frames were read. */
  private read(): number {
    const { control, data } = this.in
    let frames = 0
    this.bytesRead = 0
    while (frames < FRAMES_PER_TURN && this.bytesRead < BYTES_PER_TURN && !this.deaf) {
      if (!this.receive) break
      if (!control.read(this.takeControl) && !data.read(this.takeData)) break
      frames++
    }
    if (control.shouldRing() || data.shouldRing()) ring(this.words, this.theirs)
    return frames
  }

  private take(frame: Uint8Array, lane: Lane): void {
    this.bytesRead += frame.length
    this.receive?.(frame, lane)
  }

  private write(): void {
    const { control, data } = this.out
    const published = [control.pump(), data.pump()].includes(true)
    if (published) ring(this.words, this.theirs)
    if (control.takeRelief() || data.takeRelief()) this.drained()
  }

  private get isEmpty(): boolean {
    return this.in.control.isEmpty && this.in.data.isEmpty
  }

  private get hasWork(): boolean {
    const readable = this.receive !== undefined && !this.deaf && !this.isEmpty
    const writable = this.out.control.hasRelief() || this.out.data.hasRelief()
    return readable || writable || Atomics.load(this.words, STATE) === CLOSED
  }

  private sleep(): void {
    this.looks = 0
    Atomics.store(this.words, this.mine, ASLEEP)
    if (!this.hasWork) {
      this.sleeps = (this.sleeps + 1) % SLEEPS_BEFORE_TRIAL
      this.looksAllowed = this.sleeps === 0 ? LOOKS_MAX : this.looksAllowed >> 2
      waitWhile(this.words, this.mine, ASLEEP, this.run)
      return
    }
    Atomics.store(this.words, this.mine, AWAKE)
    setImmediate(this.run)
  }

  private end(): void {
    this.ended = true
    const length = this.words[WHY_LENGTH] as number
    const why = new Uint8Array(this.buffer, WHY_AT, length).slice()
    this.down(new TextDecoder().decode(why))
  }
}

export function ringLink(buffer: SharedArrayBuffer, side: Side): Link {
  return new RingLink(buffer, side)
}

// The flight recorder: everything that one incarnation of a live actor receives from its start,
// every answer it gets from its context, and a checksum of everything it does.

import { RECORDING_BYTES_MAX } from '../../config/limits.ts'
import type { Handlers } from '../actor.ts'
import type { Wrap } from '../host.ts'
import type { Verbs } from '../messages.ts'
import type { Ref } from '../ref.ts'
import { redact } from './plain-data.ts'
import { checksum, encodeRecord, type Record } from './recording.ts'
import type { Branches, Tape } from './tape.ts'
import { tapedContext } from './taped-context.ts'

export interface Sink {
  write(bytes: Uint8Array): void
  close(): void
}

/** The share of the most bytes after which a recording ends with the next input. */
const FULL = 0.9

export class Recorder implements Tape, Wrap {
  private readonly sink: Sink
  private readonly self: Ref
  private readonly incarnation: number
  private readonly bytesMax: number
  private bytes = 0
  private open = true
  private callbacks = 0
  private asks = 0
  /** True while an input is at work: what happens outside of one is not the actor's. */
  private working = false
  private inspect: () => unknown = () => undefined

  constructor(
    sink: Sink,
    about: { self: Ref; host: string; incarnation: number; props: unknown },
    bytesMax = RECORDING_BYTES_MAX,
  ) {
    const { self, host, incarnation, props } = about
    this.sink = sink
    this.self = self
    this.incarnation = incarnation
    this.bytesMax = bytesMax
    const { data, missing } = redact(props)
    this.add(['header', { version: 2, ...self, host, incarnation, props: data, missing }])
    this.add(['setup'])
    this.working = true
  }

  private add(record: Record): void {
    if (!this.open) return
    let bytes: Uint8Array
    try {
      bytes = encodeRecord(record)
    } catch {
      // Something that is no data: what follows could not be replayed.
      this.cut()
      return
    }
    if (record[0] !== 'end' && this.bytes + bytes.length > this.bytesMax) this.cut()
    else {
      this.bytes += bytes.length
      this.sink.write(bytes)
    }
  }

  private cut(): void {
    this.sink.write(encodeRecord(['cut']))
    this.finish()
  }

  private finish(): void {
    this.open = false
    this.sink.close()
  }

  /** Ends the recording between two inputs, with the state that a replay must come to. */
  end(why: string): void {
    if (!this.open) return
    if (!this.working) this.add(['end', why, this.inspect()])
    if (this.open) this.finish()
  }

  private input(record: Record, run: () => void): void {
    if (this.bytes > FULL * this.bytesMax) this.end('full')
    this.add(record)
    this.working = true
    try {
      run()
    } catch (error) {
      const { name, message } = error as Error
      this.add(['threw', 'input', name, message])
      this.working = false
      this.end('failed')
      throw error
    }
    this.working = false
  }

  read<T>(what: string, look: () => T): T {
    let value: T
    try {
      value = look()
    } catch (error) {
      const { name, message } = error as Error
      if (this.working) this.add(['threw', what, name, message])
      throw error
    }
    if (this.working) this.add(['read', what, value])
    return value
  }

  effect(what: string, value: unknown): void {
    if (this.working && this.open) this.add(['effect', what, checksum(value)])
  }

  callback<B extends Branches>(branches: B): B {
    const id = this.callbacks++
    const wrapped = Object.entries(branches).map(([branch, run]) => [
      branch,
      (argument: never) => this.input(['turn', id, branch, argument], () => run(argument)),
    ])
    return Object.fromEntries(wrapped) as B
  }

  context(real: Parameters<Wrap['context']>[0]) {
    return tapedContext(this, this.self, this.incarnation, real)
  }

  /** `setup` is done. */
  handlers(handlers: Handlers<Verbs>): Handlers<Verbs> {
    this.working = false
    const { inspect, stopping, ...verbs } = handlers as Handlers<Verbs>
    if (inspect) this.inspect = inspect
    const wrapped: { [verb: string]: unknown } = { ...(inspect && { inspect }) }
    for (const [verb, handle] of Object.entries(verbs)) {
      wrapped[verb] = (body: unknown, reply?: (value: unknown) => void) => {
        const id = this.asks++
        this.input(['message', verb, body, reply !== undefined], () => {
          ;(handle as (body: unknown, reply?: (value: unknown) => void) => void)(
            body,
            reply && ((value) => this.replied(id, value, reply)),
          )
        })
      }
    }
    wrapped.stopping = () => {
      if (stopping) this.input(['stopping'], stopping)
      this.end('stopped')
    }
    return wrapped as Handlers<Verbs>
  }

  private replied(id: number, value: unknown, reply: (value: unknown) => void): void {
    this.effect('reply', [id, value])
    reply(value)
  }
}

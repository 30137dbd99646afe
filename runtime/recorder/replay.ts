// Runs an actor from a recording: the same inputs, the same answers from its context. It must do
// the same at every step and come to the same state; where it does not, the record is named.

import type { Actor } from '../actor.ts'
import type { Verbs } from '../messages.ts'
import { type Ref, ref } from '../ref.ts'
import { packValue, unpackValue } from './plain-data.ts'
import { checksum, decodeRecords, type Header, type Record } from './recording.ts'
import type { Branches, Tape } from './tape.ts'
import { tapedContext } from './taped-context.ts'

export interface Replayed {
  readonly header: Header
  readonly inputs: number
  readonly effects: number
  /** Why the recording ends; `cut off` when it has no end of its own. */
  readonly end: string
  readonly state: unknown
  /** Set where the replay took another course. */
  readonly divergence: { readonly record: number; readonly detail: string } | undefined
}

/** Unwinds the actor when there is nothing more to replay. */
class Halt extends Error {
  override readonly name = 'Halt'
}

const INPUTS = ['setup', 'message', 'turn', 'stopping']

class Replayer implements Tape {
  inputs = 0
  effects = 0
  divergence: Replayed['divergence']
  end = 'cut off'
  private readonly records: readonly Record[]
  private at = 1
  private asks = 0
  private readonly callbacks: Branches[] = []

  constructor(records: readonly Record[]) {
    this.records = records
  }

  private diverge(detail: string): never {
    this.divergence ??= { record: this.at, detail }
    throw new Halt(detail)
  }

  /** The next record within an input. */
  private take(doing: string): Record {
    const record = this.records[this.at]
    if (this.divergence || !record || record[0] === 'cut') throw new Halt('the recording ends here')
    if (INPUTS.includes(record[0]) || record[0] === 'end') {
      this.diverge(`the actor does "${doing}", the recorded one was done with its input`)
    }
    this.at++
    return record
  }

  private mismatch(record: Record, doing: string): never {
    this.at--
    return this.diverge(`the actor does "${doing}", recorded is "${record[0]} ${record[1]}"`)
  }

  read<T>(what: string): T {
    const record = this.take(what)
    const [form, recorded, value, text] = record
    if (recorded !== what || (form !== 'read' && form !== 'threw')) this.mismatch(record, what)
    if (form === 'read') return value as T
    const error = new Error(String(text))
    error.name = String(value)
    throw error
  }

  effect(what: string, value: unknown): void {
    const record = this.take(what)
    const [form, recorded, sum] = record
    if (form !== 'effect' || recorded !== what) this.mismatch(record, what)
    if (sum !== checksum(value)) {
      this.at--
      this.diverge(`the actor does "${what}" with another content`)
    }
    this.effects++
  }

  callback<B extends Branches>(branches: B): B {
    this.callbacks.push(branches)
    return branches
  }

  /** Everything to the end of the recording. */
  run(setup: () => { [verb: string]: unknown }): { [verb: string]: unknown } {
    let handlers: { [verb: string]: unknown } = {}
    while (!this.divergence) {
      const record = this.records[this.at]
      if (!record || record[0] === 'cut') break
      if (record[0] === 'end') {
        this.end = String(record[1])
        this.compareState(handlers, record[2])
        break
      }
      if (!INPUTS.includes(record[0])) {
        this.divergence = { record: this.at, detail: `the actor does not do "${record[1]}"` }
        break
      }
      this.at++
      this.inputs++
      this.input(() => {
        if (record[0] === 'setup') handlers = setup()
        else this.dispatch(handlers, record)
      })
    }
    return handlers
  }

  private input(run: () => void): void {
    let thrown: Error | undefined
    try {
      run()
    } catch (error) {
      if (error instanceof Halt || this.divergence) return
      thrown = error as Error
    }
    const record = this.records[this.at]
    if (!record) return
    const recorded = record[0] === 'threw' && record[1] === 'input' ? record : undefined
    if (recorded) this.at++
    if (recorded?.[3] === thrown?.message) return
    const detail = `the input ends with "${thrown?.message}", recorded is "${recorded?.[3]}"`
    this.divergence = { record: this.at, detail }
  }

  private dispatch(handlers: { [verb: string]: unknown }, [form, a, b, c]: Record): void {
    if (form === 'turn') {
      const branch = this.callbacks[a as number]?.[b as string]
      if (!branch) this.diverge(`there is no callback ${a}`)
      branch(c as never)
      return
    }
    const id = form === 'message' ? this.asks++ : 0
    const handle = handlers[form === 'stopping' ? 'stopping' : (a as string)]
    if (typeof handle !== 'function') this.diverge(`the actor has no handler for ${a ?? form}`)
    if (form === 'stopping' || c === false) handle(b)
    else handle(b, (value: unknown) => this.effect('reply', [id, value]))
  }

  private compareState(handlers: { [verb: string]: unknown }, recorded: unknown): void {
    const { inspect } = handlers
    if (this.end === 'failed' || typeof inspect !== 'function') return
    if (checksum(unpackValue(packValue(inspect()))) === checksum(recorded)) return
    this.divergence = { record: this.at, detail: 'the state at the end is another one' }
  }
}

export function headerOf(records: readonly Record[]): Header {
  const first = records[0]
  const header = first?.[1] as Header | undefined
  if (first?.[0] !== 'header' || header?.version !== 2) throw new Error('this is not a recording')
  return header
}

/** `props` are those of the recorded actor, with the functions and secrets that a file lacks. */
export function replay<V extends Verbs, P>(
  bytes: Uint8Array,
  actor: Actor<V, P>,
  props: (header: Header) => P,
): Replayed {
  const records = decodeRecords(bytes)
  const header = headerOf(records)
  const self: Ref = ref(header.kind, header.key)
  const replayer = new Replayer(records)
  const context = tapedContext(replayer, self, header.incarnation)
  const handlers = replayer.run(() => actor.setup(context, props(header)) as never)
  const { inspect } = handlers
  const { inputs, effects, end, divergence } = replayer
  const state = typeof inspect === 'function' ? inspect() : undefined
  return { header, inputs, effects, end, state, divergence }
}

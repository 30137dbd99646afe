// The sign store: what this validator has signed above the last final block, durable before it
// leaves. Without it, a chain that has moved on is only followed: signing twice would be punished.

import { bytesToBigint, concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { isAbove } from '../../protocol/consensus/place.ts'
import type { Place, SignRecord } from '../../protocol/consensus/simplex-types.ts'
import type { Context } from '../../runtime/context.ts'
import type { Put } from '../../runtime/store.ts'

/** (epoch, view, slot) → message. */
const RECORDS = 'sign'
const META = 'sign-meta'
/** The highest (epoch, view) in which these keys ever signed here. */
const SIGNED_TO = utf8('signed-to')
/**
 * Up to here records were deleted. One that was written with or after the deletion is not all that
 * was signed in its view: such a view counts as one of which nothing is known.
 */
const FORGOTTEN_TO = utf8('forgotten-to')
const BEGUN = utf8('begun')
const RECORDS_MAX = 16_384

function recordKey({ epoch, view }: Place, slot: number): Uint8Array {
  return concatBytes(u64(epoch), u64(view), Uint8Array.of(slot))
}

function placeBytes({ epoch, view }: Place): Uint8Array {
  return concatBytes(u64(epoch), u64(view))
}

function readPlace(bytes: Uint8Array): Place {
  const number = (from: number) => Number(bytesToBigint(bytes.subarray(from, from + 8)))
  return { epoch: number(0), view: number(8) }
}

export class SignStore {
  private readonly ctx: Context
  private forgetUpTo: Place | undefined
  private forgottenTo: Place | undefined
  private highest: Place | undefined

  constructor(ctx: Context) {
    this.ctx = ctx
    const row = ctx.store.get(META, SIGNED_TO)
    this.highest = row && readPlace(row)
    const forgotten = ctx.store.get(META, FORGOTTEN_TO)
    this.forgottenTo = forgotten && readPlace(forgotten)
  }

  /** The chain begins, and so does this record. */
  begin(): void {
    if (this.isWhole) return
    const put = { table: META, key: BEGUN, value: Uint8Array.of(1) }
    this.ctx.store.commit([put], (error) => {
      if (error) throw new Error(`the sign store cannot be written: ${error.message}`)
    })
  }

  /** It was here when the chain began, or these keys have signed since. */
  get isWhole(): boolean {
    return this.highest !== undefined || this.ctx.store.get(META, BEGUN) !== undefined
  }

  /** Undefined when these keys never signed here. */
  get signedTo(): Place | undefined {
    return this.highest
  }

  /** Of views of which all that was signed in them is here, and of checkpoints. */
  records(): SignRecord[] {
    return this.ctx.store
      .range(RECORDS, { limit: RECORDS_MAX })
      .map(([key, message]) => ({
        ...readPlace(key),
        slot: key[16] as number,
        message: message.slice(),
      }))
      .filter((one) => one.view === 0 || isAbove(one, this.forgottenTo))
  }

  /** Old records go with the next write: forgetting costs no disk flush of its own. */
  forget(upTo: Place): void {
    if (isAbove(upTo, this.forgetUpTo)) this.forgetUpTo = upTo
  }

  persist(records: readonly SignRecord[], done: () => void): void {
    const puts: Put[] = []
    let { highest } = this
    for (const record of records) {
      puts.push({
        table: RECORDS,
        key: recordKey(record, record.slot),
        value: record.message,
      })
      if (record.view > 0 && isAbove(record, highest)) highest = record
    }
    if (highest) {
      this.highest = { epoch: highest.epoch, view: highest.view }
      puts.push({ table: META, key: SIGNED_TO, value: placeBytes(highest) })
    }
    puts.push(...this.forgotten())
    this.ctx.store.commit(puts, (error) => {
      // Nothing may leave that is not durable: fail, and start again from what is.
      if (error) throw new Error(`the sign store cannot be written: ${error.message}`)
      done()
    })
  }

  /** View 0 holds an epoch's checkpoint, which is signed in the epoch after it. */
  private forgotten(): Put[] {
    const { forgetUpTo } = this
    if (!forgetUpTo) return []
    this.forgetUpTo = undefined
    const { epoch, view } = forgetUpTo
    const to = recordKey({ epoch, view: view + 1 }, 0)
    const deleted: Put[] = this.ctx.store
      .range(RECORDS, { to, limit: RECORDS_MAX })
      .filter(([key]) => {
        const place = readPlace(key)
        return place.view > 0 || place.epoch + 1 < epoch
      })
      .map(([key]) => ({ table: RECORDS, key, value: undefined }))
    // With an older chain it may be lower than it was.
    if (!isAbove(forgetUpTo, this.forgottenTo)) return deleted
    this.forgottenTo = forgetUpTo
    return [...deleted, { table: META, key: FORGOTTEN_TO, value: placeBytes(forgetUpTo) }]
  }
}

// The sign store: what this validator has signed above the last final block, durable before it
// leaves. Without it, a chain that has moved on is only followed: signing twice would be punished.

import { concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import type { SignRecord } from '../../protocol/consensus/simplex-types.ts'
import type { Context } from '../../runtime/context.ts'
import type { Put } from '../../runtime/store.ts'

const RECORDS = 'sign'
const META = 'sign-meta'
const MARKER = utf8('signed-here')
const RECORDS_MAX = 16_384

function recordKey(view: number, slot: number): Uint8Array {
  return concatBytes(u64(view), Uint8Array.of(slot))
}

export class SignStore {
  private readonly ctx: Context
  private forgetUpTo = -1

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** False when the chain has moved on but no record says what this key has signed. */
  mayVote(finalHeight: number): boolean {
    if (this.ctx.store.get(META, MARKER) || finalHeight === 0) return true
    this.ctx.log('error', 'the sign record is missing: following without voting', { finalHeight })
    return false
  }

  records(): SignRecord[] {
    return this.ctx.store.range(RECORDS, { limit: RECORDS_MAX }).map(([key, message]) => {
      const data = new DataView(key.buffer, key.byteOffset, key.byteLength)
      return {
        view: Number(data.getBigUint64(0)),
        slot: data.getUint8(8),
        message: message.slice(),
      }
    })
  }

  /** Old records go with the next write: forgetting costs no disk flush of its own. */
  forget(view: number): void {
    this.forgetUpTo = Math.max(this.forgetUpTo, view)
  }

  persist(records: readonly SignRecord[], done: () => void): void {
    const puts: Put[] = [{ table: META, key: MARKER, value: Uint8Array.of(1) }]
    for (const { view, slot, message } of records) {
      puts.push({ table: RECORDS, key: recordKey(view, slot), value: message })
    }
    if (this.forgetUpTo >= 0) {
      const to = recordKey(this.forgetUpTo + 1, 0)
      for (const [key] of this.ctx.store.range(RECORDS, { to, limit: RECORDS_MAX })) {
        puts.push({ table: RECORDS, key, value: undefined })
      }
      this.forgetUpTo = -1
    }
    this.ctx.store.commit(puts, (error) => {
      // Nothing may leave that is not durable: fail, and start again from what is.
      if (error) throw new Error(`the sign store cannot be written: ${error.message}`)
      done()
    })
  }
}

// An actor that keeps numbered entries with their count and sum, all in one commit: whatever its
// disk does, what it reads must add up, and what it acknowledged must be there.

import { bytesToBigint, u64, utf8 } from '../../../lib/bytes.ts'
import { actor } from '../../../runtime/actor.ts'
import { type Store, StoreCorrupt } from '../../../runtime/store.ts'
import type { Observed } from './observed.ts'
import { LedgerMessages } from './words.ts'

const ENTRIES_MAX = 100_000
const TOTAL = utf8('total')

/** What an entry holds: a function of its number, so that a wrong byte shows. */
export function entryValue(id: number): Uint8Array {
  const value = new Uint8Array(32)
  for (let i = 0; i < 32; i++) value[i] = (id * 31 + i * 7) & 255
  return value
}

interface Totals {
  count: number
  sum: number
}

function load(store: Store, observed: Observed): Totals {
  const rows = store.range('entries', { limit: ENTRIES_MAX })
  const sum = rows.reduce((total, [key]) => total + Number(bytesToBigint(key)), 0)
  const row = store.get('totals', TOTAL)
  const said = row ? Number(bytesToBigint(row)) : 0
  if (said !== sum) observed.violation(`torn: entries sum to ${sum}, the total says ${said}`)
  for (const [key, value] of rows) {
    const right = entryValue(Number(bytesToBigint(key)))
    if (Buffer.compare(value, right) !== 0) observed.violation('rot: a wrong entry was read')
  }
  return { count: rows.length, sum }
}

export interface LedgerProps {
  readonly observed: Observed
  /** A bug on purpose: acknowledges what is not on the disk yet. */
  readonly hasty: boolean
}

export const Ledger = actor({
  messages: LedgerMessages,
  restart: 'permanent',
  intensity: { failures: 3, withinMs: 1000 },
  backoff: { firstMs: 1, maxMs: 20 },
  mailbox: { capacity: 64, overflow: 'reject' },
  setup(ctx, { observed, hasty }: LedgerProps) {
    const guarded = <T>(read: () => T): T => {
      try {
        return read()
      } catch (error) {
        if (error instanceof StoreCorrupt) {
          ctx.reached('rot-caught')
          observed.rotten.add(ctx.self.key)
        }
        throw error
      }
    }
    const totals = guarded(() => load(ctx.store, observed))
    if (totals.count > 0) ctx.reached('ledger-restarted')
    let writing = false
    return {
      Append({ id }, reply) {
        if (writing) {
          reply({ ok: 'no' })
          return
        }
        writing = true
        const sum = totals.sum + id
        const puts = [
          { table: 'entries', key: u64(id), value: entryValue(id) },
          { table: 'totals', key: TOTAL, value: u64(sum) },
        ]
        if (hasty) reply({ ok: 'yes' })
        ctx.store.commit(puts, (error) => {
          writing = false
          if (error) ctx.reached('disk-full')
          else totals.sum = sum
          if (!hasty) reply({ ok: error ? 'no' : 'yes' })
        })
      },
      Read({ id }, reply) {
        const value = guarded(() => ctx.store.get('entries', u64(id)))
        reply({ value: value ?? new Uint8Array(0) })
      },
    }
  },
})

// A shard's state as values for a store: pages of 1,024 records, of which a checkpoint has only
// those that changed since the one before, and one value with the numbers. Pages and numbers belong
// together: they are taken in one go, and written in one commit.

import { assert } from '../../lib/assert.ts'
import { PAGE_RECORDS, RECORD_BYTES, ROLLUP_ACCOUNTS_MAX, SHARDS_MAX } from '../params.ts'
import { AccountTable, depthFor, UNSAVED } from './account-table.ts'
import type { ShardPlace } from './shard-place.ts'
import { type ShardNumbers, ShardState } from './shard-state.ts'
import { encodeMeta } from './state-root.ts'

export const STORED_RECORDS = 1024
export const STORED_PAGE_BYTES = STORED_RECORDS * RECORD_BYTES
/** Pages of the tree in a stored page. */
const PARTS = STORED_RECORDS / PAGE_RECORDS
const META_VERSION = 1
const META_WORDS = 10
const U32 = 2 ** 32

export interface StoredPage {
  readonly page: number
  /** 32 KiB. */
  readonly bytes: Uint8Array
}

export interface StateCheckpoint {
  readonly meta: Uint8Array
  /** Changed since the last checkpoint, in rising order. */
  readonly pages: readonly StoredPage[]
}

function isUnsaved(table: AccountTable, page: number): boolean {
  let bits = 0
  for (let part = 0; part < PARTS; part++) bits |= table.stale[page * PARTS + part] as number
  return (bits & UNSAVED) !== 0
}

/** Stored pages that the next checkpoint will have. */
export function unsavedPages(table: AccountTable): number[] {
  const count = table.slots / STORED_RECORDS
  return Array.from({ length: count }, (_, page) => page).filter((page) => isUnsaved(table, page))
}

/**
 * Copies what changed, about 10 ms for a million records, and takes it as saved. If it could not be
 * written, `markUnsaved` says so.
 */
export function takeCheckpoint(state: ShardState): StateCheckpoint {
  const { table } = state
  const pages = unsavedPages(table).map((page) => {
    markSaved(table, page)
    const stored = new Uint8Array(table.buffer, page * STORED_PAGE_BYTES, STORED_PAGE_BYTES)
    return { page, bytes: Uint8Array.from(stored) }
  })
  return { meta: encodeCheckpointMeta({ ...state.numbers, ...placeOf(state) }), pages }
}

const placeOf = ({ shard, shards }: ShardState) => ({ shard, shards })

export function markSaved(table: AccountTable, page: number): void {
  for (let part = page * PARTS; part < (page + 1) * PARTS; part++) {
    table.stale[part] = (table.stale[part] as number) & ~UNSAVED
  }
}

export function markUnsaved(table: AccountTable, pages: Iterable<Pick<StoredPage, 'page'>>): void {
  for (const { page } of pages)
    table.stale[page * PARTS] = (table.stale[page * PARTS] as number) | UNSAVED
}

/** Words: version, shard, shards, used, entries, supply, inboxTo (two each). */
export function encodeCheckpointMeta(of: ShardNumbers & ShardPlace): Uint8Array {
  const { shard, shards, used, entries, supply, inboxTo } = of
  const words = Uint32Array.of(
    META_VERSION,
    shard,
    shards,
    used,
    entries,
    Math.floor(entries / U32),
    Number(supply & 0xffff_ffffn),
    Number(supply >> 32n),
    inboxTo,
    Math.floor(inboxTo / U32),
  )
  return new Uint8Array(words.buffer)
}

/** Undefined where the bytes are not those of `encodeCheckpointMeta`. */
function readCheckpointMeta(meta: Uint8Array): (ShardNumbers & ShardPlace) | undefined {
  if (meta.length !== 4 * META_WORDS) return undefined
  const words = new Uint32Array(Uint8Array.from(meta).buffer)
  const w = (at: number) => words[at] as number
  const [version, shard, shards, used] = [w(0), w(1), w(2), w(3)]
  if (version !== META_VERSION || used > ROLLUP_ACCOUNTS_MAX) return undefined
  if (shards < 1 || shards > SHARDS_MAX || shard >= shards) return undefined
  const entries = w(5) * U32 + w(4)
  const supply = (BigInt(w(7)) << 32n) | BigInt(w(6))
  return { shard, shards, used, entries, supply, inboxTo: w(9) * U32 + w(8) }
}

/** The 64 bytes that the state root of a checkpoint is over besides its records. */
export function provenMeta(meta: Uint8Array): Uint8Array {
  const numbers = readCheckpointMeta(meta)
  assert(numbers, 'written by a checkpoint')
  const { used, shard, entries, supply, inboxTo } = numbers
  return encodeMeta({ depth: depthFor(used), shard, entries, supply, inboxTo })
}

/** Whether the page has no record from slot `used` on, as is so in every table. */
function endsAt(used: number, { page, bytes }: StoredPage): boolean {
  const from = Math.max(0, used - page * STORED_RECORDS) * RECORD_BYTES
  return from >= bytes.length || bytes.subarray(from).every((byte) => byte === 0)
}

/**
 * The state at the last checkpoint: `pages` are all pages of the store, each as it was written
 * last. Undefined if the bytes are not those of a checkpoint. That they are the right ones shows in
 * the root, which a claim states; it says nothing of slots beyond its tree, so these are checked.
 */
export function restoreState(
  meta: Uint8Array,
  pages: Iterable<StoredPage>,
  { slots = 0, shared = false }: { readonly slots?: number; readonly shared?: boolean } = {},
): ShardState | undefined {
  const numbers = readCheckpointMeta(meta)
  if (!numbers) return undefined
  const { shard, shards, used } = numbers
  const table = AccountTable.create(Math.max(used, slots), shared)
  const all = new Uint8Array(table.buffer, 0, table.slots * RECORD_BYTES)
  for (const { page, bytes } of pages) {
    if (bytes.length !== STORED_PAGE_BYTES || !endsAt(used, { page, bytes })) return undefined
    // A page that only an undone batch had used is zero, and may lie beyond the table.
    if ((page + 1) * STORED_PAGE_BYTES <= all.length) all.set(bytes, page * STORED_PAGE_BYTES)
  }
  table.used = used
  const state = new ShardState({ shard, shards }, table)
  state.entries = numbers.entries
  state.supply = numbers.supply
  state.inboxTo = numbers.inboxTo
  assert(used <= table.slots, 'the table has room for all')
  return state
}

// What the rows of the state were before a commit of final blocks: rlp([base, [[table, key,
// row]…]]), the row empty where there was none. With these rows the state after a block of a
// moment ago can be read from tables that have moved on (storage/snapshot/state-at.ts).

import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'
import { CHAIN_TABLES } from './tables.ts'

export interface FormerRow {
  readonly table: string
  readonly key: Uint8Array
  /** Undefined where there was none. */
  readonly row: Uint8Array | undefined
}

export interface UndoRow {
  /** Height of the last final block before the commit. */
  readonly base: number
  readonly rows: readonly FormerRow[]
}

/** The tables of the state, by their number in a row. */
export const STATE_TABLES = [CHAIN_TABLES.accounts, CHAIN_TABLES.storage] as const

export function isStateTable(table: string): boolean {
  return (STATE_TABLES as readonly string[]).includes(table)
}

export function encodeUndo({ base, rows }: UndoRow): Uint8Array {
  return encodeRlp([
    rlpInteger(base),
    rows.map(({ table, key, row }) => [
      rlpInteger((STATE_TABLES as readonly string[]).indexOf(table)),
      key,
      row ?? new Uint8Array(0),
    ]),
  ])
}

/** Throws RlpError. */
export function decodeUndo(bytes: Uint8Array): UndoRow {
  const [base, list] = asList(decodeRlp(bytes), 2)
  const rows = asList(list).map((item) => {
    const [number, key, row] = asList(item, 3)
    const table = STATE_TABLES[asNumber(number)]
    if (!table) throw new RlpError('no table of the state')
    const former = asBytes(row)
    return { table, key: asBytes(key), row: former.length > 0 ? former : undefined }
  })
  return { base: asNumber(base), rows }
}

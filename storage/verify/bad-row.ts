// The first row of a chain store that is not what it should be.

import { bytesToHex } from '../../lib/hex.ts'

export class BadRow extends Error {
  override readonly name = 'BadRow'
  readonly table: string
  /** As people look for it: a height, or the key's hex. */
  readonly row: string
  constructor(table: string, row: number | Uint8Array, why: string) {
    const text = typeof row === 'number' ? String(row) : bytesToHex(row)
    super(`${table} ${text}: ${why}`)
    this.table = table
    this.row = text
  }
}

// What a client of the bench remembers of its nonces: in memory, because no client of it is started
// again. A real one has FileCosignGuard of sdk/rollup, or a disk of its own kind.

import type { NonceRecord } from '../../../../protocol/rollup/nonce-record.ts'
import type { CosignGuard } from '../../../../sdk/rollup/cosign-guard.ts'

/** Nonces come one after the other. */
const KEPT = 4

export class MemoryGuard implements CosignGuard {
  private readonly records = new Map<number, NonceRecord>()

  async read(nonce: number): Promise<NonceRecord | undefined> {
    return this.records.get(nonce)
  }

  async write(record: NonceRecord): Promise<void> {
    const { nonce } = record.transfer
    this.records.set(nonce, record)
    this.records.delete(nonce - KEPT)
  }
}

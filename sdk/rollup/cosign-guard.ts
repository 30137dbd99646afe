// Where a rollup account keeps what it signed: a port, because a wallet in a browser, a service
// on a server and a test have other disks.

import type { NonceRecord } from '../../protocol/rollup/nonce-record.ts'

/**
 * Of one account, used by one client at a time. A signature leaves only after `write` has resolved,
 * so it must resolve only when the record outlives a power cut.
 */
export interface CosignGuard {
  read(nonce: number): Promise<NonceRecord | undefined>
  /** In the place of what was there for the same nonce. */
  write(record: NonceRecord): Promise<void>
}

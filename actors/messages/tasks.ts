// Tasks that leave the actor threads: names and shapes that actors and the pool agree on.

import type { Hex } from '../../lib/hex.ts'
import { task } from '../../runtime/task.ts'

/**
 * Recovers the senders of raw signed transactions, in order; null where the signature fits no key.
 * Done by protocol/transaction/recover-senders.ts.
 */
export const RecoverSenders = task<
  { readonly transactions: readonly Uint8Array[] },
  { readonly senders: readonly (Hex | null)[] }
>('recover-senders')

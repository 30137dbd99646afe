// What a pool thread does with a batch of signatures: recovers the senders of transactions, or
// checks ordinary signatures or co-signatures of the rollup, with the native libraries.

import { move } from 'piscina'
import { verifyColumns } from '../../protocol/rollup/verify-columns.ts'
import { recoverAddresses } from '../../protocol/transaction/recover-senders.ts'
import { checkCosigners } from '../crypto/check-cosigners.ts'
import { verifyEd25519Native } from '../crypto/ed25519-native.ts'
import { secp256k1Native } from '../crypto/secp256k1-native.ts'
import { packChecked, unpackCosigners } from './cosigner-batch.ts'
import { packBad, unpackColumns } from './ed25519-batch.ts'
import { packSenders, unpackTransactions } from './signature-batch.ts'

export function work(packed: Uint8Array): unknown {
  const columns = unpackColumns(packed)
  if (columns) return move(packBad(verifyColumns(columns, verifyEd25519Native)))
  const cosigners = unpackCosigners(packed)
  if (cosigners) return move(packChecked(checkCosigners(cosigners)))
  return move(packSenders(recoverAddresses(unpackTransactions(packed), secp256k1Native)))
}

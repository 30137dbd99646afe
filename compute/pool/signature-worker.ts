// What a pool thread does with a batch of signed transactions: recovers the senders, with the
// native library.

import { move } from 'piscina'
import { recoverSenders } from '../../protocol/transaction/recover-senders.ts'
import { secp256k1Native } from '../crypto/secp256k1-native.ts'
import { packSenders, unpackTransactions } from './signature-batch.ts'

export function work(packed: Uint8Array): unknown {
  return move(packSenders(recoverSenders(unpackTransactions(packed), secp256k1Native)))
}

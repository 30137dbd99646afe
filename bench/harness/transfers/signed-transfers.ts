// Transfers of one run, signed before its clock starts, each as the JSON-RPC request that sends it.

import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { TRANSFER_GAS } from '../../../protocol/execution/intrinsic-gas.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import type { BenchAccount } from './bench-account.ts'

/** Wei of every transfer. */
export const VALUE = 1n
const EMPTY = new Uint8Array(0)

export interface SignedTransfers {
  readonly count: number
  readonly requests: readonly Buffer[]
  readonly hashes: readonly Hex[]
  /** Number of the account. */
  readonly senders: Uint32Array
  readonly recipients: Uint32Array
  readonly bytes: number
}

export interface SigningFacts {
  readonly chainId: bigint
  readonly maxFeePerGas: bigint
}

/**
 * The next of all accounts in turn, from each to one at a fixed distance; `nonces` is raised. The
 * requests are numbered from `id`.
 */
export function signTransfers(
  accounts: readonly BenchAccount[],
  nonces: Uint32Array,
  first: number,
  count: number,
  { chainId, maxFeePerGas }: SigningFacts,
  id: number,
): SignedTransfers {
  const requests: Buffer[] = []
  const hashes: Hex[] = []
  const senders = new Uint32Array(count)
  const recipients = new Uint32Array(count)
  let bytes = 0
  for (let i = 0; i < count; i++) {
    const sender = (first + i) % accounts.length
    const recipient = (sender + Math.floor(accounts.length / 2)) % accounts.length
    const nonce = nonces[sender] as number
    nonces[sender] = nonce + 1
    const raw = signTransaction(
      {
        type: 2,
        chainId,
        nonce,
        maxFeePerGas,
        maxPriorityFeePerGas: 1n,
        gasLimit: TRANSFER_GAS,
        to: (accounts[recipient] as BenchAccount).address,
        value: VALUE,
        data: EMPTY,
        accessList: [],
      },
      (accounts[sender] as BenchAccount).secretKey,
      secp256k1Native,
    )
    const request = { jsonrpc: '2.0', id: id + i, method: 'eth_sendRawTransaction' }
    requests.push(Buffer.from(JSON.stringify({ ...request, params: [bytesToHex(raw)] }), 'latin1'))
    hashes.push(keccakHex(raw))
    senders[i] = sender
    recipients[i] = recipient
    bytes += raw.length
  }
  return { count, requests, hashes, senders, recipients, bytes }
}

// A signed EIP-1559 call of a contract, by the coordinator's key.

import type { Hex } from '../../lib/hex.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import { signTransaction } from '../../protocol/transaction/encode-transaction.ts'

export interface Call {
  readonly chainId: bigint
  readonly nonce: number
  readonly to: Hex
  readonly data: Uint8Array
  readonly gas: number
  /** Wei per gas. */
  readonly maxFee: bigint
  readonly tip: bigint
}

export function signCall(
  call: Call,
  secretKey: Uint8Array,
  secp256k1: Secp256k1,
): { raw: Uint8Array; hash: Hex } {
  const { chainId, nonce, to, data, gas, maxFee, tip } = call
  const unsigned = {
    type: 2,
    chainId,
    nonce,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: tip,
    gasLimit: gas,
    to,
    value: 0n,
    data,
    accessList: [],
  } as const
  const raw = signTransaction(unsigned, secretKey, secp256k1)
  return { raw, hash: keccakHex(raw) }
}

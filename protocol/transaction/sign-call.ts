// A signed EIP-1559 call of a contract, by the key of an actor's account.

import type { Hex } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { signTransaction } from './encode-transaction.ts'

export interface Call {
  readonly chainId: bigint
  readonly nonce: number
  readonly to: Hex
  readonly data: Uint8Array
  /** Wei; nothing where it is not given. */
  readonly value?: bigint
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
  const { chainId, nonce, to, data, value = 0n, gas, maxFee, tip } = call
  const unsigned = {
    type: 2,
    chainId,
    nonce,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: tip,
    gasLimit: gas,
    to,
    value,
    data,
    accessList: [],
  } as const
  const raw = signTransaction(unsigned, secretKey, secp256k1)
  return { raw, hash: keccakHex(raw) }
}

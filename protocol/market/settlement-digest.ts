// The EIP-712 digest that a provider signs once: it is both the receipt's signature and what the
// market module checks before it pays.

import { bigintToBytes, concatBytes, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { MARKET_ADDRESS } from '../params.ts'

export interface Settlement {
  readonly jobId: Hex
  readonly receiptHash: Hex
  readonly outputHash: Hex
  readonly units: bigint
  /** Wei. */
  readonly amount: bigint
}

const DOMAIN_TYPE =
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'
const SETTLEMENT_TYPE =
  'Settlement(bytes32 jobId,bytes32 receiptHash,bytes32 outputHash,uint64 units,uint256 amount)'

const hashText = (text: string) => keccak(utf8(text))
const word = (value: bigint) => bigintToBytes(value, 32)

/** The 32-byte digest for this chain's market module. */
export function settlementDigest(chainId: bigint, settlement: Settlement): Uint8Array {
  const domain = keccak(
    concatBytes(
      hashText(DOMAIN_TYPE),
      hashText('AITBC Market'),
      hashText('1'),
      word(chainId),
      word(BigInt(MARKET_ADDRESS)),
    ),
  )
  const message = keccak(
    concatBytes(
      hashText(SETTLEMENT_TYPE),
      hexToBytes(settlement.jobId),
      hexToBytes(settlement.receiptHash),
      hexToBytes(settlement.outputHash),
      word(settlement.units),
      word(settlement.amount),
    ),
  )
  return keccak(concatBytes(Uint8Array.of(0x19, 0x01), domain, message))
}

// A block header: Ethereum's Prague shape (21 fields), hash = keccak256(rlp(header)).
// What is ours sits in standard fields: `extraData` = version(1) mode(1) epoch(4) view(8) ms(2),
// `mixHash` = the leader's randomness, `parentBeaconBlockRoot` = keccak256 of the commit sidecar.

import type { Hex } from '../../lib/hex.ts'

export interface Header {
  readonly parentHash: Hex
  readonly ommersHash: Hex
  /** The proposer's account, which receives the priority fees. */
  readonly coinbase: Hex
  readonly stateRoot: Hex
  readonly transactionsRoot: Hex
  readonly receiptsRoot: Hex
  readonly logsBloom: Hex
  readonly difficulty: 0n
  readonly height: number
  readonly gasLimit: number
  readonly gasUsed: number
  /** Whole seconds; the milliseconds are in extraData. */
  readonly timestamp: number
  readonly extraData: Hex
  readonly mixHash: Hex
  readonly nonce: Hex
  readonly baseFeePerGas: bigint
  readonly withdrawalsRoot: Hex
  readonly blobGasUsed: number
  readonly excessBlobGas: number
  readonly parentBeaconBlockRoot: Hex
  readonly requestsHash: Hex
}

// What a validator signs. A signature covers chain, genesis, kind, epoch, view and block, in fixed
// width, so that no vote means anything anywhere else.

import { concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'

export const PROPOSE = 0
export const NOTARIZE = 1
export const NULLIFY = 2
export const FINALIZE = 3
/** The stake checkpoint of an epoch's last block; its `blockHash` is a checkpointHash, its view 0. */
export const CHECKPOINT = 4

export type VoteKind = typeof NOTARIZE | typeof NULLIFY | typeof FINALIZE | typeof CHECKPOINT
export type SignedKind = typeof PROPOSE | VoteKind

export const VOTE_NAMES = ['PROPOSE', 'NOTARIZE', 'NULLIFY', 'FINALIZE', 'CHECKPOINT'] as const

/** The block hash of a vote that is for no block. */
export const NO_BLOCK: Hex = `0x${'00'.repeat(32)}`

export interface ChainIdentity {
  readonly chainId: bigint
  readonly genesisHash: Hex
}

export interface Vote {
  readonly kind: VoteKind
  readonly epoch: number
  readonly view: number
  /** NO_BLOCK for NULLIFY. */
  readonly blockHash: Hex
  readonly signer: number
  /** 96 bytes. */
  readonly signature: Uint8Array
}

const DOMAIN = utf8('AITBC-v1')

/** PERF: what all votes of a chain begin with. */
const heads = new WeakMap<ChainIdentity, Uint8Array>()

function headOf(chain: ChainIdentity): Uint8Array {
  let head = heads.get(chain)
  if (!head) {
    head = concatBytes(DOMAIN, u64(Number(chain.chainId)), hexToBytes(chain.genesisHash))
    heads.set(chain, head)
  }
  return head
}

/** The 32-byte message under a signature. */
export function voteDigest(
  chain: ChainIdentity,
  kind: SignedKind,
  epoch: number,
  view: number,
  blockHash: Hex,
): Uint8Array {
  const block = hexToBytes(blockHash)
  return keccak(concatBytes(headOf(chain), Uint8Array.of(kind), u64(epoch), u64(view), block))
}

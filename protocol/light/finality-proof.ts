// What a file holds to show a block final to whoever trusts the chain's genesis or a light
// checkpoint: the headers up to the certified one, its certificate, and the way to its signers.

import { BUNDLE_CHECKPOINTS_MAX, BUNDLE_HEADERS_MAX } from '../../config/limits.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import {
  hasExactly,
  isBytes,
  isBytesOf,
  isList,
  isWhole,
  type Shape,
} from '../receipt/json-shape.ts'
import type { CheckpointStep } from './follow-checkpoint.ts'
import type { ShareProof } from './genesis-share.ts'
import type { HeaderProof } from './verify-header.ts'

export interface ProofCheckpoint {
  readonly checkpoint: Hex
  readonly certificate: Hex
  /** Hash of the set that signed. */
  readonly signers: Hex
}

/** As JSON has it. */
export interface FinalityProof {
  readonly chain_id: number
  /** RLP of block 0: its hash is in every signature, and it fixes the first epochs' rules. */
  readonly genesis_header: Hex
  /**
   * Trie nodes under the genesis's state root to the share of stake that BALANCED needs; present
   * exactly where that decides, which is before the first checkpoint of a chain that began so.
   */
  readonly genesis_share?: { readonly account: readonly Hex[]; readonly word: readonly Hex[] }
  /** RLP headers: the block in question, and its descendants up to the certified one. */
  readonly headers: readonly Hex[]
  /** Commit sidecar of the last header, which names the validators that signed. */
  readonly sidecar: Hex
  /** Finality certificate of the last header. */
  readonly certificate: Hex
  /**
   * `genesis`: the checkpoints lead from the validators of the genesis to those that signed.
   * `checkpoint`: the file holds the last of many, for readers who trust a later checkpoint.
   */
  readonly begins: 'genesis' | 'checkpoint'
  /** Stake checkpoints, each certified by validators that the one before it names. */
  readonly checkpoints: readonly ProofCheckpoint[]
  /** RLP of all sets that these need, each once, in the order in which they are needed. */
  readonly validator_sets: readonly Hex[]
}

export interface FinalitySources {
  readonly chainId: number
  /** RLP. */
  readonly genesisHeader: Uint8Array
  readonly genesisShare?: ShareProof | undefined
  readonly final: HeaderProof
  readonly begins: FinalityProof['begins']
  readonly steps: readonly CheckpointStep[]
  /** Encoded, each once. */
  readonly sets: readonly Uint8Array[]
}

export function finalityProof(sources: FinalitySources): FinalityProof {
  const { genesisShare: share, final } = sources
  return {
    chain_id: sources.chainId,
    genesis_header: bytesToHex(sources.genesisHeader),
    ...(share && {
      genesis_share: { account: share.account.map(bytesToHex), word: share.word.map(bytesToHex) },
    }),
    headers: final.headers.map(bytesToHex),
    sidecar: bytesToHex(final.sidecar),
    certificate: bytesToHex(final.certificate),
    begins: sources.begins,
    checkpoints: sources.steps.map(({ checkpoint, certificate, signers }) => ({
      checkpoint: bytesToHex(checkpoint),
      certificate: bytesToHex(certificate),
      signers,
    })),
    validator_sets: sources.sets.map(bytesToHex),
  }
}

const isCheckpoint: Shape = (value) =>
  hasExactly(value, ['checkpoint', 'certificate', 'signers']) &&
  isBytes(value.checkpoint) &&
  isBytes(value.certificate) &&
  isBytesOf(32)(value.signers)

const isShare: Shape = (value) =>
  hasExactly(value, ['account', 'word']) && isList(64)(value.account) && isList(64)(value.word)

/** For `wrongMember`, with FINALITY_OPTIONAL. */
export const FINALITY_SHAPES: Readonly<Record<keyof FinalityProof, Shape>> = {
  chain_id: isWhole(),
  genesis_header: isBytes,
  genesis_share: isShare,
  headers: isList(BUNDLE_HEADERS_MAX),
  sidecar: isBytes,
  certificate: isBytes,
  begins: (value) => value === 'genesis' || value === 'checkpoint',
  checkpoints: (value) =>
    Array.isArray(value) && value.length <= BUNDLE_CHECKPOINTS_MAX && value.every(isCheckpoint),
  // Every step brings one new set at most, besides those that it begins with.
  validator_sets: isList(BUNDLE_CHECKPOINTS_MAX + 3),
}

export const FINALITY_OPTIONAL: readonly (keyof FinalityProof)[] = ['genesis_share']

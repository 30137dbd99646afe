// The rollup once more, from the genesis on: every batch is read, its signatures are checked and
// it is executed, and every root that its claim states is compared.

import { createHash } from 'node:crypto'
import { CohortKeys } from '../../../compute/crypto/cohort-keys.ts'
import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { GENESIS_KEYS_SEED } from '../../../compute/crypto/genesis-keys.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { KeyBook, keyBookPublicKeys } from '../../../compute/crypto/key-book.ts'
import type { Hex } from '../../../lib/hex.ts'
import { CLAIM_CREDITS_MAX } from '../../../protocol/params.ts'
import { checkSignatures } from '../../../protocol/rollup/check-signatures.ts'
import {
  type Claim,
  claimHash,
  decodeClaim,
  genesisParent,
} from '../../../protocol/rollup/claim.ts'
import {
  executeBatch,
  executionPorts,
  type OutboxOf,
} from '../../../protocol/rollup/execute-batch.ts'
import { genesisState } from '../../../protocol/rollup/genesis-state.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import { slotIn } from '../../../protocol/rollup/shard-place.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'

const TRACE_WORDS = 16 * (65_537 + CLAIM_CREDITS_MAX)

/** The shard's state before its first batch. */
export function genesisShardState(config: RollupConfig, shard = 0): ShardState {
  const { state, root } = genesisState(config, shard)
  if (state.root(hashPairsNative) !== root) throw new Error('the genesis has another state root')
  return state
}

const FIELDS = ['entries', 'txRoot', 'opRoot', 'traceRoot', 'exitRoot', 'supply'] as const

export interface Replayed {
  readonly claim: Claim
  readonly hash: Hex
  /** What is wrong with it; empty when nothing is. */
  readonly fault: string
}

export function replayKeys({ accounts }: RollupConfig): CohortKeys {
  const publicKeys = keyBookPublicKeys(GENESIS_KEYS_SEED, accounts)
  return new CohortKeys(new KeyBook(GENESIS_KEYS_SEED, publicKeys), { sums: 'cached' })
}

export class Replay {
  readonly state: ShardState
  private readonly keys: CohortKeys
  private readonly genesisHash: Hex
  private readonly ports = executionPorts(hashPairsNative)
  private readonly trace = new Uint32Array(TRACE_WORDS)
  private parent: Hex
  private number = 0
  transfers = 0
  bodyBytes = 0
  roots = 0

  /** What the last batch sent to other shards. */
  outbox: readonly OutboxOf[] = []

  constructor(config: RollupConfig, genesisHash: Hex, shard = 0, keys = replayKeys(config)) {
    this.state = genesisShardState(config, shard)
    this.keys = keys
    this.genesisHash = genesisHash
    this.parent = genesisParent(genesisHash, shard)
  }

  get supply(): bigint {
    return this.state.supply
  }

  /** Throws when the bytes are no claim. */
  next(encoded: Uint8Array, bytes: Uint8Array, parcels: readonly Parcel[] = []): Replayed {
    const claim = decodeClaim(encoded)
    const hash = claimHash(claim)
    const fault = this.faultOf(claim, bytes, parcels)
    this.parent = hash
    this.number = claim.number
    return { claim, hash, fault }
  }

  private faultOf(claim: Claim, bytes: Uint8Array, parcels: readonly Parcel[]): string {
    if (claim.number !== this.number + 1) return `number ${claim.number} after ${this.number}`
    if (claim.parent !== this.parent) return 'another parent'
    const bodyHash = `0x${createHash('sha256').update(bytes).digest('hex')}`
    if (claim.bodyHash !== bodyHash || claim.bodyBytes !== bytes.length) return 'another body'
    const read = readBody(bytes)
    if (!read.ok) return `a body with ${read.code}`
    if (claim.inboxTo !== this.state.inboxTo) return 'messages of the inbox, which nobody sent'
    const { state } = this
    const nonceOf = (index: number) => state.table.nonceOf(Math.max(0, slotIn(state, index)))
    const signed = checkSignatures(
      read.body,
      claim,
      this.genesisHash,
      nonceOf,
      this.keys,
      verifyEd25519Native,
    )
    if (!signed.ok) return `signatures: ${signed.code}`
    const { fee, feeAccount, firstEntry } = claim
    const batch = { fee, feeAccount, firstEntry, inbox: [], parcels, body: read.body }
    const done = executeBatch(this.state, batch, { ...this.ports, trace: this.trace })
    if (!done.ok) return `${done.code}: ${done.detail}`
    this.transfers += claim.transfers
    this.bodyBytes += bytes.length
    const { executed } = done
    this.outbox = executed.outbox
    for (const field of FIELDS) {
      if (executed[field] !== claim[field]) return `${field}: another one by execution`
    }
    if (claim.stateRoot === undefined) return ''
    this.roots++
    return this.state.root(hashPairsNative) === claim.stateRoot ? '' : 'another state root'
  }
}

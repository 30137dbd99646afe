// Whose turn it is to make the shard's next claim, as far as this node knows.

import type { Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { FAILOVER_MS } from '../../protocol/params.ts'
import { eligible, type LastClaim, turnOf } from '../../protocol/rollup/sequencing.ts'

export interface SequencerPeer {
  readonly node: string
  readonly blsPublicKey: Hex
}

const NOBODY: LastClaim = { sequencer: `0x${'00'.repeat(20)}`, timestampMs: 0 }

export class Turn {
  rules: EpochRules | undefined
  private last = NOBODY
  /** Operator of another node whose claims wait to be ordered. */
  other: Hex | undefined
  /** The number of shards is about to change: no transfers are taken. */
  isClosing = false
  /** The own shard makes batches: it is there, not frozen, and disputes nothing. */
  isOpen = true
  private readonly shard: number
  private readonly ownKey: Hex | undefined
  private readonly peers: readonly SequencerPeer[]

  /** `ownKey` is undefined for a node without a consensus key: it never has a turn. */
  constructor(shard: number, ownKey: Hex | undefined, peers: readonly SequencerPeer[]) {
    this.shard = shard
    this.ownKey = ownKey
    this.peers = peers
  }

  ordered(last: LastClaim): void {
    this.last = last
  }

  /** Index in the epoch's set; -1 when not in it. */
  get index(): number {
    const { ownKey, rules } = this
    if (!rules || !ownKey) return -1
    return rules.set.validators.findIndex(({ blsPublicKey }) => blsPublicKey === ownKey)
  }

  /** The operator's address of this node. */
  get operator(): Hex | undefined {
    return this.rules?.set.validators[this.index]?.address
  }

  isOurs(wallMs: number): boolean {
    const { rules, last, index, shard, other } = this
    if (!rules || index < 0 || other !== undefined || !this.isOpen) return false
    return eligible(rules, last, shard, index, wallMs)
  }

  /** How long to leave to those before us what nobody asked us for. */
  patienceMs(): number {
    const { rules, last, index, shard } = this
    if (!rules || index < 0) return Number.POSITIVE_INFINITY
    return turnOf(rules, last, shard, index) * FAILOVER_MS
  }

  /** The node whose turn it is at any time; empty when unknown. */
  first(): string {
    const { rules, last, shard, other } = this
    if (!rules) return ''
    const { validators } = rules.set
    const first = validators.find(({ address }, i) =>
      other ? address === other : turnOf(rules, last, shard, i) === 0,
    )
    const key = first?.blsPublicKey
    return this.peers.find(({ blsPublicKey }) => blsPublicKey === key)?.node ?? ''
  }
}

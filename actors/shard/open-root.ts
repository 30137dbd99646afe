// The accounts behind a root that a claim states and that is not the own one: a peer that has
// executed the claim is asked for records with their paths. A path's siblings tell in which parts
// of the tree the two differ, so a few questions find every record that does.

import { ROLLUP_DISPUTE_ASKS_MAX } from '../../config/shard-limits.ts'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { RECORD_WORDS } from '../../protocol/rollup/account-table.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import type { PublishedEnd } from '../../protocol/rollup/fraud-search.ts'
import { indexOf } from '../../protocol/rollup/layout.ts'
import { copyOfState } from '../../protocol/rollup/open-case.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { stateRootOf } from '../../protocol/rollup/state-root.ts'
import { rootOfProof } from '../../protocol/rollup/transfer-tree.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { ShardPorts } from './shard-props.ts'
import type { SyncPeers } from './sync-peers.ts'

type Found = NonNullable<Reply<(typeof ShardMessages)['verbs'], 'AccountProof'>>

/** A part of the tree that differs: the leaves of a node at this height. */
interface Part {
  readonly first: number
  readonly height: number
}

interface Accused {
  readonly claim: Claim
  readonly hash: Hex
}

export class OpenRoot {
  private readonly peers: SyncPeers
  private readonly ports: ShardPorts
  private readonly accused: Accused
  private readonly own: ShardState
  private readonly stated: ShardState
  private parts: Part[]
  private asked = 0
  private meta: Uint8Array | undefined

  /** `own`: the state after the claim's batch as this node has it. */
  constructor(peers: SyncPeers, ports: ShardPorts, accused: Accused, own: ShardState) {
    this.peers = peers
    this.ports = ports
    this.accused = accused
    this.own = own
    this.stated = copyOfState(own)
    this.parts = [{ first: 0, height: own.table.depth }]
  }

  /** Undefined where the peer does not say what leads to the root. */
  from(peer: string, done: (end: PublishedEnd | undefined) => void): void {
    const part = this.parts.pop()
    if (!part) {
      done(this.whole())
      return
    }
    if (++this.asked > ROLLUP_DISPUTE_ASKS_MAX) {
      done(undefined)
      return
    }
    const { shard, shards } = this.own
    const index = indexOf(shard, shards, part.first)
    const ok = (found: Found | undefined) => {
      if (found && this.take(part, found)) this.from(peer, done)
      else done(undefined)
    }
    this.peers.ask(peer, 'AccountProof', { index, settled: false }, ok, () => done(undefined))
  }

  /** Whether it leads to the stated root; what it shows to differ is noted. */
  private take({ first, height }: Part, found: Found): boolean {
    const { claim, hash } = this.accused
    const { hashPairs } = this.ports
    const { depth } = this.own.table
    const path = concatBytes(...found.proof.map(hexToBytes))
    if (found.claim !== hash || found.proof.length !== depth) return false
    const treeRoot = rootOfProof(found.record, first, 2 ** depth, path, hashPairs)
    if (!treeRoot || !claim.stateRoot || found.meta.length !== 64) return false
    const root = stateRootOf(treeRoot, found.meta)
    if (!equalBytes(root, hexToBytes(claim.stateRoot))) return false
    this.meta = found.meta
    const [w0, w1, w2, flags, w4, w5, w6, w7] = wordsOf(found.record)
    this.stated.table.put(first, w0, w1, w2, w4, w5, flags, w6, w7)
    const own = this.own.pages.proof(first, hashPairs)
    for (let level = 0; level < height; level++) {
      const at = 32 * level
      if (equalBytes(path.subarray(at, at + 32), own.subarray(at, at + 32))) continue
      this.parts.push({ first: ((first >>> level) ^ 1) << level, height: level })
    }
    return true
  }

  private whole(): PublishedEnd | undefined {
    const { meta } = this
    const { stateRoot } = this.accused.claim
    if (!meta || !stateRoot) return undefined
    const { table, pages } = this.stated
    const root = stateRootOf(pages.root(this.ports.hashPairs), meta)
    return equalBytes(root, hexToBytes(stateRoot))
      ? { table, meta, own: this.own.table }
      : undefined
  }
}

type Words = [number, number, number, number, number, number, number, number]

function wordsOf(record: Uint8Array): Words {
  const words = new Uint32Array(Uint8Array.from(record).buffer)
  return Array.from({ length: RECORD_WORDS }, (_, i) => words[i] ?? 0) as Words
}

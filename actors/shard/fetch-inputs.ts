// What a batch of a peer consumed, where this node does not know it: messages that are dropped on
// the base chain, credits of batches that are deleted. They come from a peer that has executed it,
// and executing it here shows whether they are right: the claim's trace root is over each of them.

import { ROLLUP_SYNC_REST_MS } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import { decodeInboxEntry, type InboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { OUTGOING_WORDS } from '../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { ClaimLine } from './claim-line.ts'
import type { HeldBatch } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import type { SyncPeers } from './sync-peers.ts'

type Inputs = Reply<(typeof ShardMessages)['verbs'], 'Inputs'>

export class FetchInputs {
  private readonly peers: SyncPeers
  private readonly line: ClaimLine
  private readonly inbox: Inbox
  private asking: Hex | undefined
  /** Who said what the batch consumed that is executed next. */
  private from: { readonly hash: Hex; readonly peer: string } | undefined

  constructor(peers: SyncPeers, line: ClaimLine, inbox: Inbox) {
    this.peers = peers
    this.line = line
    this.inbox = inbox
  }

  /** The batch stands on the tip. */
  has({ claim, inbox, parcels }: HeldBatch): boolean {
    if (parcels.length !== claim.consumed.length) return false
    const { inboxTo } = this.line.state
    const count = claim.inboxTo - inboxTo
    return inbox.length === count || this.inbox.slice(inboxTo, claim.inboxTo) !== undefined
  }

  /** `then`: it is worth looking again, in so many milliseconds. */
  ask(held: HeldBatch, then: (ms: number) => void): void {
    const { hash, claim } = held
    if (this.asking === hash) return
    const peer = this.peers.choose()
    if (peer === undefined) {
      then(ROLLUP_SYNC_REST_MS)
      return
    }
    this.asking = hash
    const again = (ms: number) => {
      this.asking = undefined
      then(ms)
    }
    const ok = (inputs: Inputs) => {
      if (inputs.code !== '') {
        again(ROLLUP_SYNC_REST_MS / 10)
        return
      }
      if (this.take(held, inputs)) this.from = { hash, peer }
      else this.peers.lied(peer, 'not what a batch consumed')
      again(0)
    }
    this.peers.ask(peer, 'Inputs', { number: claim.number, hash }, ok, () => again(0))
  }

  /** It does not hold with these: true where they came from a peer, and others may be right. */
  blame(held: HeldBatch): boolean {
    const { from } = this
    if (from?.hash !== held.hash) return false
    this.peers.lied(from.peer, 'what a batch consumed was something else')
    this.from = undefined
    held.inbox = []
    held.parcels = []
    held.verdict = undefined
    return true
  }

  private take(held: HeldBatch, { inbox, parcels }: Inputs): boolean {
    const { consumed, inboxTo } = held.claim
    if (inbox.length !== inboxTo - this.line.state.inboxTo) return false
    if (parcels.length !== consumed.length) return false
    const taken: Parcel[] = []
    for (const [i, { shard, number, leaves }] of parcels.entries()) {
      if (consumed[i]?.shard !== shard || consumed[i]?.number !== number) return false
      if (leaves.length === 0 || leaves.length % (4 * OUTGOING_WORDS) !== 0) return false
      taken.push({ shard, number, leaves: new Uint32Array(Uint8Array.from(leaves).buffer) })
    }
    const entries = inbox.map((bytes) => this.entry(bytes))
    if (entries.includes(undefined)) return false
    held.inbox = entries as InboxEntry[]
    held.parcels = taken
    return true
  }

  /** Whose the account is says the own registry, not the peer. */
  private entry(bytes: Uint8Array): InboxEntry | undefined {
    try {
      const { message } = decodeInboxEntry(bytes)
      const account =
        message.kind === 'register' ? this.inbox.book.accountOf(message.index) : undefined
      return { message, account }
    } catch (error) {
      if (error instanceof RlpError) return undefined
      throw error
    }
  }
}

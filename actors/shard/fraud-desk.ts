// The case against a false claim, out of what this node has: the claims since the last stated root,
// its own executions of them, and what was told of the false one.

import { CLAIM_MESSAGES_MAX, ROOT_EVERY_MAX } from '../../protocol/params.ts'
import { encodeChallenge } from '../../protocol/rollup/challenge.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import { countsRight } from '../../protocol/rollup/entry-source.ts'
import { type Executed, executeBatch } from '../../protocol/rollup/execute-batch.ts'
import { findFraud } from '../../protocol/rollup/find-fraud.ts'
import { encodeFraudProof, type FraudProof } from '../../protocol/rollup/fraud-proof.ts'
import type { PublishedEnd } from '../../protocol/rollup/fraud-search.ts'
import type { InboxMessage } from '../../protocol/rollup/inbox-message.ts'
import { copyOfState, type OpenedStart, openCase } from '../../protocol/rollup/open-case.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { verifyFraudProof } from '../../protocol/rollup/verify-fraud.ts'
import type { Arrivals } from './arrivals.ts'
import type { ClaimLine } from './claim-line.ts'
import type { Executor } from './executor.ts'
import type { HeldBatch } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import type { RecentSteps } from './recent-steps.ts'
import type { ShardProps } from './shard-props.ts'

export interface FraudParts {
  readonly line: ClaimLine
  readonly inbox: Inbox
  readonly arrivals: Arrivals
  readonly executor: Executor
  readonly upkeep: { readonly recent: RecentSteps }
}

/** The accused claim with what this node knows of it. */
export interface Accused {
  readonly held: HeldBatch
  readonly inbox: readonly InboxMessage[]
  readonly parcels: readonly Parcel[]
  /** Undefined where its batch cannot be executed. */
  readonly own: Executed | undefined
  /** The state after it, where only the root that it states is false. */
  readonly after: ShardState | undefined
}

export class FraudDesk {
  private readonly props: ShardProps
  private readonly parts: FraudParts
  /** Ordered by final blocks, and not final here. */
  private ordered: Claim[] = []

  constructor(props: ShardProps, parts: FraudParts) {
    this.props = props
    this.parts = parts
  }

  /** A final block has ordered a claim of this shard. */
  add(claim: Claim): void {
    const { final } = this.parts.line
    this.ordered = this.ordered.filter(({ number }) => number > final.number)
    // Up to the next stated root, which is the end of every case.
    if (this.ordered.length <= 2 * ROOT_EVERY_MAX) this.ordered.push(claim)
  }

  /** The claims up to the next stated root, or to the last that there is. */
  private claims(held: HeldBatch): { right: Claim[]; later: Claim[] } {
    const steps = this.parts.upkeep.recent.interval()?.steps ?? []
    const later: Claim[] = []
    const after = this.ordered.filter(({ number }) => number > held.claim.number)
    for (let last = held.claim; last.stateRoot === undefined; ) {
      const next = after.shift()
      if (next?.number !== last.number + 1) break
      later.push(next)
      last = next
    }
    return { right: steps.map((step) => step.held.claim), later }
  }

  challenge(held: HeldBatch, proof: FraudProof): Uint8Array {
    const { right, later } = this.claims(held)
    const claims = [...right, held.claim, ...later]
    return encodeChallenge({ claims, proof: encodeFraudProof(proof) })
  }

  accused(held: HeldBatch): Accused | undefined {
    const { line, inbox: box, arrivals, executor } = this.parts
    const { state } = line
    const { claim, body } = held
    const count = claim.inboxTo - state.inboxTo
    const isPossible = count >= 0 && count <= CLAIM_MESSAGES_MAX
    const entries = isPossible ? box.slice(state.inboxTo, claim.inboxTo) : undefined
    const parcels = arrivals.forClaim(claim)
    if (!entries || !Array.isArray(parcels)) return undefined
    const inbox = entries.map(({ message }) => message)
    const { fee, feeAccount, firstEntry } = claim
    const batch = { inbox, parcels, body, fee, feeAccount, firstEntry }
    const execution = executeBatch(state, batch, executor.ports)
    if (!execution.ok) return { held, inbox, parcels, own: undefined, after: undefined }
    const { executed: own } = execution
    const isDeep = own.traceRoot === claim.traceRoot && claim.stateRoot !== undefined
    const isFalse = isDeep && state.root(this.props.ports.hashPairs) !== claim.stateRoot
    const after = isFalse ? copyOfState(state) : undefined
    state.undo(own.undo)
    return { held, inbox, parcels, own, after }
  }

  private start(): OpenedStart | undefined {
    const { line, upkeep } = this.parts
    const interval = upkeep.recent.interval()
    if (!interval) return undefined
    const state = copyOfState(line.state)
    for (const { undo } of [...interval.steps].reverse()) state.undo(undo)
    return { state, ...interval.root }
  }

  /** A proof that the chain would uphold; undefined where what was told shows nothing false. */
  find(
    { held, own, inbox, parcels }: Accused,
    trace: Uint32Array,
    after: PublishedEnd | undefined,
  ): FraudProof | undefined {
    const { line, upkeep } = this.parts
    const { hashPairs } = this.props.ports
    const start = this.start()
    if (!start) return undefined
    const right = (upkeep.recent.interval()?.steps ?? []).map(({ held: one, undo }) => ({
      claim: one.claim,
      inbox: one.inbox.map(({ message }) => message),
      parcels: one.parcels,
      trace: undo.trace,
    }))
    const { claim, body } = held
    const accused = { claim, body, inbox, parcels, own, trace, after, before: line.state }
    const published = openCase(start, right, accused, this.claims(held).later, hashPairs)
    if (trace.length === 0 && countsRight(published.fraud, right.length) !== false) return undefined
    const proof = findFraud(published, hashPairs)
    if (!proof) return undefined
    // What a liar told may fit his roots and no rule: only what the chain would uphold counts.
    return verifyFraudProof(published.fraud, encodeFraudProof(proof)).ok ? proof : undefined
  }
}

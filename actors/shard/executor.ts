// Executes batches on the line: checks all that is to be checked, stores what holds, and remembers
// what does not.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { CLAIM_MESSAGES_MAX } from '../../protocol/params.ts'
import {
  checkAggregate,
  checkTerms,
  type StragglerChecks,
  stragglerChecks,
} from '../../protocol/rollup/check-signatures.ts'
import { type Executed, executionPorts } from '../../protocol/rollup/execute-batch.ts'
import type { InboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { SETTLE_WORDS } from '../../protocol/rollup/operations.ts'
import { earlyLeaves } from '../../protocol/rollup/outbox-leaves.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import { slotIn } from '../../protocol/rollup/shard-place.ts'
import type { CosignerKeys } from '../../protocol/rollup/signers.ts'
import type { Context } from '../../runtime/context.ts'
import type { Arrivals } from './arrivals.ts'
import { type CheckedAhead, checkAhead } from './check-ahead.ts'
import { checkBatch } from './check-batch.ts'
import type { ClaimLine } from './claim-line.ts'
import type { HeldBatch } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import { OrdinaryChecks } from './ordinary-checks.ts'
import { PayeeKeys } from './payee-keys.ts'
import type { ShardProps } from './shard-props.ts'
import type { ShardKeeper } from './shard-rows.ts'

/** Milliseconds of one turn. */
export const SLICE_MS = 10

/** A shard that is idle for so long states its root, so that exits and parcels settle. */
const IDLE_ROOT_MS = 1000

/** Done; wrong; or to be tried again when the inbox has more. */
export type Outcome = 'done' | 'bad' | 'wait'

/** A copy: the words are used again for the next batch. */
export function leavesOf(exits: Uint32Array): Uint8Array {
  return Uint8Array.from(new Uint8Array(exits.buffer, exits.byteOffset, exits.byteLength))
}

export class Executor {
  readonly keys: CosignerKeys
  readonly ordinary: OrdinaryChecks
  readonly payees: PayeeKeys
  readonly genesisHash: Hex
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly inbox: Inbox
  private readonly arrivals: Arrivals
  private readonly keeper: ShardKeeper
  private readonly execution
  /** Something that others wait for may have changed. */
  private readonly changed: () => void

  constructor(
    ctx: Context,
    props: ShardProps,
    line: ClaimLine,
    inbox: Inbox,
    arrivals: Arrivals,
    keeper: ShardKeeper,
    changed: () => void,
  ) {
    this.ctx = ctx
    this.props = props
    this.line = line
    this.inbox = inbox
    this.arrivals = arrivals
    this.keeper = keeper
    this.changed = changed
    this.ordinary = new OrdinaryChecks(ctx)
    this.payees = new PayeeKeys(ctx, props.node)
    this.genesisHash = props.genesisHash
    const { book } = inbox
    this.keys = props.ports.cosignerKeys({
      keyOf: (index) => book.keyOf(index),
      spendKeyOf: (index) => book.spendKeyOf(index) ?? this.payees.keyOf(index),
    })
    this.execution = executionPorts(props.ports.hashPairs)
  }

  get ports() {
    return this.execution
  }

  readonly nonceOf = (index: number): number => {
    const { state } = this.line
    const slot = slotIn(state, index)
    return slot < 0 ? 0 : state.table.nonceOf(slot)
  }

  /** The batch stands on the tip. */
  execute(held: HeldBatch): Outcome {
    const { line } = this
    assert(held.claim.parent === line.tip.hash, 'executed on its parent')
    if (held.verdict !== undefined && held.verdict !== '') return 'bad'
    const entries = this.entriesFor(held)
    if (entries === 'wait' || entries === 'bad') {
      return entries === 'bad' ? this.refuse(held, 'BAD_CLAIM', 'inboxTo') : entries
    }
    const parcels = this.parcelsFor(held)
    if (parcels === 'bad') return this.refuse(held, 'BAD_CLAIM', 'consumed')
    if (parcels === 'wait') return parcels
    const inbox = entries.map(({ message }) => message)
    const again = held.verdict === ''
    if (!again && this.needsKeys(held)) return 'wait'
    if (!again && this.checkSignatures(held) === 'bad') return 'bad'
    const { claim, body } = held
    const batch = { inbox, parcels, body }
    const checked = checkBatch(line.state, claim, batch, this.execution)
    if (!checked.ok) {
      assert(!again, 'what held once on a parent holds again')
      return this.refuse(held, checked.code, checked.detail)
    }
    const { undo } = checked.executed
    held.exits = leavesOf(checked.executed.exits)
    line.push({ held, undo })
    if (again) return 'done'
    held.verdict = ''
    held.inbox = entries
    held.parcels = parcels
    if (!held.isStored) this.store(held, checked.executed)
    return 'done'
  }

  /** Whether payees of other shards have to be looked up first; once for each batch. */
  private needsKeys(held: HeldBatch): boolean {
    const { settles } = held.body.operations
    if (settles.length === 0 || this.lookedUp.has(held)) return false
    const missing: number[] = []
    for (let at = 0; at < settles.length; at += SETTLE_WORDS) {
      const payee = settles[at + 2] as number
      if (slotIn(this.line.state, payee) < 0 && !this.keys.spendKey(payee)) missing.push(payee)
    }
    if (missing.length === 0) return false
    this.payees.need(missing, () => {
      this.lookedUp.add(held)
      this.ctx.after('payees', 0, this.changed)
    })
    return true
  }

  private readonly lookedUp = new WeakSet<HeldBatch>()
  private readonly doubted = new WeakSet<HeldBatch>()

  /**
   * True once for each batch that was refused: it may be executed again. Keys of payees are the
   * chain's, which may have been behind here at the first time.
   */
  doubt(held: HeldBatch): boolean {
    if (this.doubted.has(held)) return false
    this.doubted.add(held)
    this.lookedUp.delete(held)
    held.verdict = undefined
    held.why = ''
    if (held.stragglers !== 'good') held.stragglers = 'unknown'
    return true
  }

  /** Writes the batch down. */
  store(
    held: HeldBatch,
    { outbox }: Pick<Executed, 'outbox'>,
    done: () => void = this.changed,
  ): void {
    const { encoded, bytes, inbox, exits, parcels, claim, hash } = held
    const early = earlyLeaves(claim, outbox)
    const row = { encoded, bytes, inbox, exits, early, parcels }
    this.keeper.saveBatch(claim.number, hash, row, () => {
      held.isStored = true
      done()
    })
  }

  /** Signatures of a submission of the own sequencer. */
  checkAhead(bytes: Uint8Array, done: (checked: CheckedAhead) => void): void {
    checkAhead(bytes, this.props, this, done)
  }

  /** Those of a batch of the own disk, or of a peer, came with it. */
  private entriesFor({ claim, inbox }: HeldBatch): readonly InboxEntry[] | 'wait' | 'bad' {
    const { inboxTo } = this.line.state
    const count = claim.inboxTo - inboxTo
    if (count < 0 || count > CLAIM_MESSAGES_MAX) return 'bad'
    if (inbox.length === count) return inbox
    return this.inbox.slice(inboxTo, claim.inboxTo) ?? 'wait'
  }

  private parcelsFor({ claim, parcels }: HeldBatch): readonly Parcel[] | 'wait' | 'bad' {
    if (parcels.length === claim.consumed.length) return parcels
    return this.arrivals.forClaim(claim)
  }

  /** The last claim states no root, and nothing has followed it for a while. */
  isRootDue(): boolean {
    const { line, ctx } = this
    const last = line.steps.at(-1)?.held
    if (last?.claim.stateRoot) return false
    if (!last && this.statedTo >= line.final.number) return false
    return ctx.now() - (last?.sinceMs ?? this.finalMs) >= IDLE_ROOT_MS
  }

  /** The last final claim that states a root, and when the last one became final. */
  statedTo = 0
  finalMs = 0

  /** Ordinary signatures are still being checked when it returns: in threads, beside all else. */
  private checkSignatures(held: HeldBatch): 'bad' | 'good' {
    const { claim, body } = held
    const { genesisHash } = this.props
    const terms = checkTerms(body, claim)
    if (!terms.ok) return this.refuse(held, terms.code)
    if (held.stragglers === 'unknown') {
      const found = stragglerChecks(body, genesisHash, this.nonceOf, this.keys)
      if (!found.ok) return this.refuse(held, found.code, `position ${found.position}`)
      this.startStragglers(held, found.checks)
    }
    if (body.transfers === 0) return 'good'
    const aggregate = checkAggregate(body, claim, genesisHash, this.keys)
    return aggregate.ok ? 'good' : this.refuse(held, aggregate.code)
  }

  private startStragglers(held: HeldBatch, checks: StragglerChecks): void {
    held.stragglers = 'checking'
    this.ordinary.check(checks, true, (bad) => {
      held.stragglers = bad === undefined ? 'unknown' : bad.length > 0 ? 'bad' : 'good'
      // It may have been refused for something else meanwhile.
      if (held.verdict !== '') return
      if (bad === undefined) {
        // Nothing was learnt: it is checked when it is executed next.
        held.verdict = undefined
        this.unexecute(held)
      } else if (bad.length > 0) {
        const position = checks.positions[bad[0] as number]
        this.refuse(held, 'BAD_SPEND_SIGNATURE', `position ${position}`)
        this.unexecute(held)
      }
      this.changed()
    })
  }

  private unexecute({ hash }: HeldBatch): void {
    const depth = this.line.depthOf(hash)
    if (depth > 0) this.undoTo(depth - 1)
  }

  /** Set by the draft's desk: what stands on the tip without being a claim goes first. */
  beforeUndo: (number: number) => void = () => {}

  /** Takes back all that is not final. */
  clear(): void {
    this.beforeUndo(this.line.final.number + 1)
    this.undoTo(0)
  }

  undoTo(depth: number): void {
    if (this.line.steps.length <= depth) return
    this.beforeUndo(this.line.final.number + depth + 1)
    this.line.undoTo(depth)
    this.ctx.reached('shard-undone')
  }

  private refuse(held: HeldBatch, code: string, detail = ''): 'bad' {
    held.verdict = code
    held.why = detail
    const { number, sequencer } = held.claim
    this.ctx.log('warn', 'batch-refused', { number, sequencer, hash: held.hash, code, detail })
    this.ctx.reached(`shard-refused-${code}`)
    return 'bad'
  }

  /** Goes to a batch, undoing what is not on its way. 'wait' also when an ancestor is not here. */
  switchTo(target: HeldBatch): Outcome {
    if (this.line.isOnLine(target.hash)) return 'done'
    const way = this.line.pathTo(target)
    if ('missing' in way) return 'wait'
    const bad = way.path.find(({ verdict }) => verdict !== undefined && verdict !== '')
    if (bad) {
      target.verdict ??= 'BAD_ANCESTOR'
      return 'bad'
    }
    if (way.depth < this.line.steps.length) this.ctx.reached('shard-switched')
    this.undoTo(way.depth)
    this.beforeUndo(this.line.tip.number + 1)
    const until = this.ctx.now() + SLICE_MS
    for (const held of way.path) {
      // What is left is done in a turn of its own: a host that does not answer is replaced.
      if (this.ctx.now() > until) {
        this.ctx.after('execute-on', 0, this.changed)
        return 'wait'
      }
      const outcome = this.execute(held)
      if (outcome === 'done') continue
      if (outcome === 'bad' && held !== target) target.verdict ??= 'BAD_ANCESTOR'
      return outcome
    }
    return 'done'
  }
}

// The own sequencer's dealings with the shard: one draft at a time, assembled, sealed or dropped.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { type Absent, pickAbsent } from '../../protocol/rollup/body-layout.ts'
import { stragglerChecks } from '../../protocol/rollup/check-signatures.ts'
import { NO_OPERATIONS, type Operations } from '../../protocol/rollup/operations.ts'
import { transferSenders } from '../../protocol/rollup/transfer-columns.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import { RollupSequencerMessages, TRANSFER_REFUSALS } from '../messages/rollup-sequencer.ts'
import { type ShardMessages, shardKey } from '../messages/shard.ts'
import type { Arrivals } from './arrivals.ts'
import { assemble, type Waiting } from './assemble.ts'
import type { ClaimLine } from './claim-line.ts'
import { type Draft, DraftTree, nonceOfSenders } from './draft.ts'
import { type Executor, leavesOf } from './executor.ts'
import type { HeldBatch } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import type { Market } from './market.ts'
import { NOTHING_TAKEN } from './operation-pool.ts'
import { isPartition, type Signed, sealBody, sealClaim } from './seal.ts'
import { isAtBegin, type ShardProps } from './shard-props.ts'

type Verbs = (typeof ShardMessages)['verbs']
type Assembled = Reply<Verbs, 'Assemble'>
type Sealed = Reply<Verbs, 'Seal'>

const NONE = new Uint8Array(0)
const NO_HASH: Hex = `0x${'00'.repeat(32)}`

const column = (bytes: Uint8Array) =>
  new Uint32Array(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 4))
const bytesOf = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer)

export class DraftDesk {
  /** Executed on the tip and not sealed. */
  draft: Draft | undefined
  /** Undefined until the block-builder has said what the epoch is. */
  rules: EpochRules | undefined
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly inbox: Inbox
  private readonly executor: Executor
  private readonly arrivals: Arrivals
  private readonly tree: DraftTree
  private readonly market: Market
  /** A batch is durable. */
  private readonly made: (held: HeldBatch) => void

  constructor(
    ctx: Context,
    props: ShardProps,
    line: ClaimLine,
    inbox: Inbox,
    arrivals: Arrivals,
    executor: Executor,
    market: Market,
    made: (held: HeldBatch) => void,
  ) {
    this.ctx = ctx
    this.props = props
    this.line = line
    this.inbox = inbox
    this.arrivals = arrivals
    this.executor = executor
    this.market = market
    this.made = made
    this.tree = new DraftTree(props.ports.hashPairs)
    executor.beforeUndo = (number) => this.undone(number)
  }

  /** The line is about to be undone from this number on: the draft goes first. */
  private undone(number: number): void {
    this.market.undone(number)
    const hadSteps = this.line.tip.number >= number
    const { draft } = this
    this.undoDraft()
    if (!draft && !hadSteps) return
    const { node, shard } = this.props
    this.ctx.tell(RollupSequencerMessages, shardKey(node, shard), 'Undone', { number })
  }

  private undoDraft(): void {
    if (!this.draft) return
    this.line.state.undo(this.draft.executed.undo)
    this.market.undone(this.draft.number)
    this.draft = undefined
  }

  /** Index of this node in the epoch's set; -1 when it has none. */
  private get index(): number {
    const { rules, props } = this
    if (!rules || !props.sign) return -1
    return rules.set.validators.findIndex(({ blsPublicKey }) => blsPublicKey === props.ownKey)
  }

  /** The number of shards is about to change: nobody's transfers are taken. */
  isClosing = false

  private waiting(operations: Operations, begins: boolean): Waiting {
    const { arrivals, executor } = this
    const isBehind = (shard: number) => arrivals.isBehind(shard)
    const parcels = begins ? [] : arrivals.takeable()
    const isRootDue = begins || executor.isRootDue()
    return { parcels, isBehind, isRootDue, operations, isShut: begins || this.isClosing, begins }
  }

  /** What is said when nothing was assembled. */
  nothing(code: string, fee: number, number = this.line.tip.number + 1): Assembled {
    const none = { draft: NONE, refused: NONE, refusedCodes: NONE, transfers: 0 }
    const hashes = { parent: this.line.tip.hash, txRoot: NO_HASH, digest: NO_HASH }
    return { ...none, ...hashes, code, fee, number }
  }

  assemble(body: Body<Verbs, 'Assemble'>): Assembled {
    const { line, inbox, props, executor } = this
    if (this.index < 0) return this.nothing('STALE', body.fee)
    if (this.draft) return this.nothing('DRAFT_OPEN', body.fee, this.draft.number)
    // The first claim after a change states the root, and nothing else.
    const begins = isAtBegin(props, line.tip.number)
    const taken = begins || this.isClosing ? NOTHING_TAKEN : this.market.take(body.fee)
    const waiting = this.waiting(taken.operations, begins)
    const made = assemble(line, inbox, props, body, waiting, executor.ports)
    // What did not come to a draft waits again, but what cannot be executed.
    const number = line.tip.number + 1
    this.market.drafted(number, taken, made.leftOut)
    if (!made.draft) this.market.undone(number)
    const refused = {
      refused: bytesOf(made.refused.map(({ position }) => position)),
      refusedCodes: Uint8Array.from(made.refused, ({ why }) => TRANSFER_REFUSALS.indexOf(why)),
    }
    if (!made.draft) return { ...this.nothing(made.code, body.fee), ...refused }
    const { draft } = made
    this.draft = draft
    return {
      ...refused,
      code: '',
      number: draft.number,
      parent: draft.parent,
      draft: made.kept ?? NONE,
      transfers: draft.body.transfers,
      fee: draft.fee,
      txRoot: draft.executed.txRoot,
      digest: bytesToHex(draft.digest),
    }
  }

  proofs(number: number, positions: Uint8Array): { code: string; proofs: Uint8Array } {
    const { draft } = this
    if (draft?.number !== number) return { code: 'STALE', proofs: NONE }
    const proofs = this.tree.proofs(draft, column(positions))
    return proofs ? { code: '', proofs } : { code: 'UNDECODABLE', proofs: NONE }
  }

  drop(number: number): void {
    if (this.draft?.number !== number) return
    this.undoDraft()
    this.ctx.reached('shard-draft-dropped')
  }

  seal(body: Body<Verbs, 'Seal'>, reply: (sealed: Sealed) => void): void {
    const { draft } = this
    const answer = (code: string, badGroups: readonly number[], bad: readonly number[]) =>
      reply({
        code,
        claim: NONE,
        hash: NO_HASH,
        badGroups: [...badGroups],
        badPositions: bytesOf(bad),
      })
    if (draft?.number !== body.number) {
      answer('STALE', [], [])
      return
    }
    const absent: Absent = {
      positions: column(body.positions),
      maxFees: column(body.maxFees),
      notAfters: column(body.notAfters),
      signatures: Uint8Array.from(body.signatures),
    }
    const cosigned = body.cosigned.map(({ runs, signature }) => ({ runs: column(runs), signature }))
    if (!isPartition(draft.body.transfers, cosigned, absent)) {
      answer('UNDECODABLE', [], [])
      return
    }
    const bad = this.badTerms(draft, absent)
    if (bad.length > 0) {
      answer('BAD_SIGNATURES', [], bad)
      return
    }
    // Not what was checked before it was taken in, over the nonce that it has in this batch.
    const nonces = column(body.nonces)
    const from = transferSenders(draft.body)
    const nonceOf = nonceOfSenders(draft, from, absent.positions)
    const rest = pickAbsent(absent, (i) => {
      return nonces[i] !== nonceOf(from[absent.positions[i] as number] as number)
    })
    if (rest.positions.length < absent.positions.length) this.ctx.reached('shard-checked-ahead')
    const found = stragglerChecks(
      // Operations were checked when they came.
      { ...draft.body, absent: rest, operations: NO_OPERATIONS },
      this.props.genesisHash,
      nonceOf,
      this.executor.keys,
    )
    if (!found.ok) {
      answer('BAD_SIGNATURES', [], [found.position])
      return
    }
    const { positions } = found.checks
    this.executor.ordinary.check(found.checks, true, (wrong) => {
      if (this.draft !== draft || wrong === undefined) answer('STALE', [], [])
      else if (wrong.length > 0) {
        const bad = wrong.map((i) => positions[i] as number)
        answer('BAD_SIGNATURES', [], bad)
      } else this.finish(draft, cosigned, absent, answer, reply)
    })
  }

  /** Positions of absentees that do not pay the fee, or whose last height has come. */
  private badTerms({ fee }: Draft, { positions, maxFees, notAfters }: Absent): number[] {
    const bad: number[] = []
    for (let i = 0; i < positions.length; i++) {
      const isLate = (notAfters[i] as number) <= this.height
      if (fee > (maxFees[i] as number) || isLate) bad.push(positions[i] as number)
    }
    return bad
  }

  /** Of the last final block. */
  height = 0

  private finish(
    draft: Draft,
    cosigned: readonly Signed[],
    absent: Absent,
    answer: (code: string, badGroups: readonly number[], bad: readonly number[]) => void,
    reply: (sealed: Sealed) => void,
  ): void {
    const { props, executor, line, rules, index } = this
    if (!rules || index < 0 || !props.sign) {
      answer('STALE', [], [])
      return
    }
    const body = sealBody(draft, cosigned, absent, executor.keys, props)
    if (!body.ok) {
      answer('BAD_SIGNATURES', body.groups, [])
      return
    }
    const author = { epoch: rules.epoch, sequencer: index, sign: props.sign }
    const root = () => line.state.root(props.ports.hashPairs)
    const held = sealClaim(draft, body.bytes, author, props, root, this.ctx.now())
    this.draft = undefined
    line.add(held)
    line.push({ held, undo: draft.executed.undo })
    held.exits = leavesOf(draft.executed.exits)
    executor.store(held, draft.executed, () => {
      this.made(held)
      const { encoded: claim, hash } = held
      reply({ code: '', claim, hash, badGroups: [], badPositions: NONE })
    })
  }
}

// Takes in what groups submit, or says why not. Ordinary signatures that a batch will most likely
// need are checked first, by the shard in its pool: a bad one would spoil the whole batch, and what
// is checked now is not checked again when that is sealed.

import { ROLLUP_PENDING_TRANSFERS_MAX } from '../../config/limits.ts'
import { ROLLUP_CHECK_AHEAD_MS } from '../../config/shard-limits.ts'
import type { Body } from '../../protocol/rollup/body-layout.ts'
import { hasOperations } from '../../protocol/rollup/operations.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body as MessageBody, Reply } from '../../runtime/messages.ts'
import {
  type RollupSequencerMessages,
  TRANSFER_REFUSALS,
  type TransferRefusal,
} from '../messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { bytesColumn, columnBytes } from './columns.ts'
import type { Groups } from './groups.ts'
import type { Pending, Submission } from './pending.ts'
import type { Predecessor } from './predecessor.ts'
import type { Turn } from './turn.ts'

type Verbs = (typeof RollupSequencerMessages)['verbs']
export type SubmitBody = MessageBody<Verbs, 'Submit'>
export type Submitted = Reply<Verbs, 'Submit'>

const BUSY_RETRY_MS = 20
const RESHARDING_RETRY_MS = 5000
const NONE = new Uint8Array(0)

/** Its signature must be empty: a body that nobody has co-signed yet. */
function readDraft(bytes: Uint8Array, shard: number): Body | undefined {
  const read = readBody(bytes)
  if (!read.ok || read.body.number !== 0 || read.body.shard !== shard) return undefined
  if (hasOperations(read.body.operations)) return undefined
  return read.body.transfers > 0 ? read.body : undefined
}

export interface AdmissionProps {
  readonly node: string
  readonly shard: number
  /** Every transfer brings its ordinary signature, and each is checked before it is taken in. */
  readonly checksSenders?: boolean | undefined
}

export class Admission {
  private readonly ctx: Context
  private readonly checksAll: boolean
  private readonly node: string
  private readonly shard: number
  private readonly pending: Pending
  private readonly groups: Groups
  private readonly turn: Turn
  private readonly predecessor: Pick<Predecessor, 'isDead'>
  /** Transfers whose signatures are being checked. */
  private checking = 0

  constructor(
    ctx: Context,
    { node, shard, checksSenders = false }: AdmissionProps,
    pending: Pending,
    groups: Groups,
    turn: Turn,
    predecessor: Pick<Predecessor, 'isDead'>,
  ) {
    this.ctx = ctx
    this.checksAll = checksSenders
    this.node = node
    this.shard = shard
    this.pending = pending
    this.groups = groups
    this.turn = turn
    this.predecessor = predecessor
  }

  refusal(code: string, retryAfterMs = 0): Submitted {
    const none = { accepted: 0, refused: NONE, refusedCodes: NONE }
    const first = this.turn.first()
    // Whoever is sent to one that does not answer is kept from the one that is next.
    return { ...none, code, retryAfterMs, sequencer: this.predecessor.isDead(first) ? '' : first }
  }

  submit({ group, submission: number, body: bytes }: SubmitBody, done: (s: Submitted) => void) {
    const { ctx, groups } = this
    const not = (code: string, retryAfterMs = 0) => done(this.refusal(code, retryAfterMs))
    const now = ctx.now()
    if (!this.turn.isOurs(ctx.wallTime())) return not('NOT_SEQUENCER')
    if (this.turn.isClosing) return not('RESHARDING', RESHARDING_RETRY_MS)
    const body = readDraft(bytes, this.shard)
    if (!body) return not('UNDECODABLE')
    const { transfers, absent } = body
    const room = ROLLUP_PENDING_TRANSFERS_MAX - this.pending.size - this.checking
    if (transfers > room || !groups.seen(group, now)) return not('BUSY', BUSY_RETRY_MS)
    const signed = absent.positions.length
    const isTrusted = !this.checksAll && !groups.isDistrusted(group, now)
    if (!isTrusted && signed < transfers) return not('NEEDS_SIGNATURES')
    const submission = { group, number, body }
    // With signatures for all a group that answers is expected to co-sign; with some, those are
    // of whom it does not expect that.
    if (signed === 0 || (isTrusted && signed === transfers && groups.isAwaited(group, now))) {
      return done(this.take(submission, NO_POSITIONS))
    }
    this.checking += transfers
    const checked = (bad: Uint32Array, nonces: Uint32Array | undefined) => {
      this.checking -= transfers
      if (!this.turn.isOurs(ctx.wallTime())) not('NOT_SEQUENCER')
      else done(this.take(nonces ? { ...submission, nonces } : submission, bad))
    }
    const failed = () => {
      // What could not be checked now is checked when its batch is sealed.
      if (!this.checksAll) return checked(NO_POSITIONS, undefined)
      this.checking -= transfers
      not('BUSY', BUSY_RETRY_MS)
    }
    ctx.ask(
      ShardMessages,
      shardKey(this.node, this.shard),
      'Check',
      { body: bytes },
      {
        within: ROLLUP_CHECK_AHEAD_MS,
        ok: ({ code, bad, nonces }) => {
          if (code === '') checked(bytesColumn(bad), bytesColumn(nonces))
          else failed()
        },
        failed,
      },
    )
  }

  private take(submission: Submission, bad: Uint32Array): Submitted {
    const busy = this.pending.add(submission, this.ctx.now(), bad)
    if (bad.length > 0) this.ctx.reached('rollup-bad-at-submit')
    const refused = Uint32Array.from([...busy, ...bad])
    const codeOf = (i: number): TransferRefusal => {
      return i < busy.length ? 'SENDER_PENDING' : 'BAD_SIGNATURE'
    }
    return {
      code: '',
      retryAfterMs: 0,
      sequencer: '',
      accepted: submission.body.transfers - refused.length,
      refused: columnBytes(refused),
      refusedCodes: Uint8Array.from(refused, (_, i) => TRANSFER_REFUSALS.indexOf(codeOf(i))),
    }
  }
}

const NO_POSITIONS = new Uint32Array(0)

// rollup-sequencer: takes transfers from the edges, and makes batches of them when it is this node's
// turn. All it holds may be lost in a crash: what is acknowledged is what a block has made final.

import { ROLLUP_PENDING_TRANSFERS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { decodeEpochRules } from '../../protocol/consensus/epoch-rules.ts'
import type { Absent, Body } from '../../protocol/rollup/body-layout.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import { actor } from '../../runtime/actor.ts'
import type { Body as MessageBody } from '../../runtime/messages.ts'
import { RollupSequencerMessages, TRANSFER_REFUSALS } from '../messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { BatchMaker } from './batch-maker.ts'
import { bytesColumn, columnBytes } from './columns.ts'
import { Groups } from './groups.ts'
import { Pending } from './pending.ts'
import { type SequencerPeer, Turn } from './turn.ts'

export interface RollupSequencerProps {
  readonly node: string
  readonly shard: number
  readonly blsPublicKey: Hex | undefined
  readonly peers: readonly SequencerPeer[]
  /** Units a transfer. */
  readonly fee: number
}

type Verbs = (typeof RollupSequencerMessages)['verbs']
type CosignBody = MessageBody<Verbs, 'Cosign'>

const SWEEP_MS = 500
const BUSY_RETRY_MS = 20
const PENDING = TRANSFER_REFUSALS.indexOf('SENDER_PENDING')
const NONE = new Uint8Array(0)

/** Its signature must be empty: a body that nobody has co-signed yet. */
function readDraft(bytes: Uint8Array, shard: number): Body | undefined {
  const read = readBody(bytes)
  if (!read.ok || read.body.number !== 0 || read.body.shard !== shard) return undefined
  return read.body.transfers > 0 ? read.body : undefined
}

/** Undefined when the columns do not fit together or positions do not rise. */
function readAbsent(body: CosignBody): Absent | undefined {
  const positions = bytesColumn(body.absent)
  const maxFees = bytesColumn(body.maxFees)
  const notAfters = bytesColumn(body.notAfters)
  const { signatures } = body
  const given = maxFees.length
  if (given !== 0 && given !== positions.length) return undefined
  if (notAfters.length !== given || signatures.length !== 64 * given) return undefined
  for (let i = 1; i < positions.length; i++) {
    if ((positions[i] as number) <= (positions[i - 1] as number)) return undefined
  }
  return { positions, maxFees, notAfters, signatures }
}

export const RollupSequencer = actor({
  messages: RollupSequencerMessages,
  restart: 'permanent',
  mailbox: { capacity: 16_384, overflow: 'reject' },
  setup(ctx, props: RollupSequencerProps) {
    const { node, shard } = props
    const pending = new Pending()
    const groups = new Groups()
    const turn = new Turn(shard, props.blsPublicKey, props.peers)
    const maker = new BatchMaker(ctx, props, pending, groups, turn)
    const findFeeAccount = () => {
      const { operator: owner } = turn
      if (!owner || maker.feeAccount !== undefined || props.fee === 0) return
      ctx.ask(
        ShardMessages,
        shardKey(node, shard),
        'IndexOf',
        { owner },
        {
          within: 1000,
          ok: (index) => {
            maker.feeAccount = index
          },
          failed: () => {},
        },
      )
    }
    const sweep = () => {
      for (const group of groups.sweep(ctx.now())) pending.forget(group)
      maker.look()
      ctx.after('sweep', SWEEP_MS, sweep)
    }
    sweep()
    ctx.tell(ShardMessages, shardKey(node, shard), 'Greet', null)
    return {
      Submit({ group, submission: number, body: bytes }, reply) {
        const none = { accepted: 0, refused: NONE, refusedCodes: NONE }
        const answer = (code: string, retryAfterMs = 0) =>
          reply({ code, retryAfterMs, sequencer: turn.first(), ...none })
        const now = ctx.now()
        if (!turn.isOurs(ctx.wallTime())) return answer('NOT_SEQUENCER')
        const body = readDraft(bytes, shard)
        if (!body) return answer('UNDECODABLE')
        const { transfers, absent } = body
        const room = ROLLUP_PENDING_TRANSFERS_MAX - pending.size
        if (transfers > room || !groups.seen(group, now)) return answer('BUSY', BUSY_RETRY_MS)
        if (groups.isDistrusted(group, now) && absent.positions.length < transfers) {
          return answer('NEEDS_SIGNATURES')
        }
        const refused = Uint32Array.from(pending.add({ group, number, body }, now))
        reply({
          code: '',
          retryAfterMs: 0,
          sequencer: '',
          accepted: transfers - refused.length,
          refused: columnBytes(refused),
          refusedCodes: new Uint8Array(refused.length).fill(PENDING),
        })
        maker.look()
      },
      Next({ group, after }, reply) {
        groups.next(group, after, ctx.now(), (events, lost) =>
          reply({ events, lost, sequencer: turn.first() }),
        )
      },
      Cosign(body) {
        const absent = readAbsent(body)
        if (!absent) return
        const { group, number, txRoot, signature } = body
        maker.cosign(group, number, txRoot, { signature, absent })
      },
      Leave({ group }) {
        groups.leave(group)
      },
      Status(_, reply) {
        reply({
          active: turn.isOurs(ctx.wallTime()),
          sequencer: turn.first(),
          fee: maker.fee,
          pending: pending.size,
          groups: groups.size,
          ...maker.counts,
          windowMs: Math.round(maker.window.ms),
          cosignMs: maker.cosignMs,
        })
      },
      Look({ inboxWaiting }) {
        maker.inboxWaits(inboxWaiting)
        findFeeAccount()
        maker.look()
      },
      Final(news) {
        turn.ordered(news)
        maker.final(news)
      },
      Undone({ number }) {
        maker.undone(number)
      },
      Epoch({ rules }) {
        turn.rules = decodeEpochRules(rules)
        findFeeAccount()
        maker.look()
      },
      inspect: () => ({ pending: pending.size, groups: groups.size, ...maker.counts }),
    }
  },
})

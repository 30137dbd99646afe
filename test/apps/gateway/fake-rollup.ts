// A rollup whose sequencers say what a test has them say: for what the gateway does by itself.

import { ChainUnavailable } from '../../../apps/gateway/chain-access.ts'
import type {
  CosignWords,
  FoundOperation,
  GroupEvent,
  GroupNews,
  OperateReply,
  OrderedClaim,
  RollupAccess,
  SubmitReply,
} from '../../../apps/gateway/rollup/rollup-access.ts'
import type { Hex } from '../../../lib/hex.ts'

const hash = (byte: string) => `0x${byte.repeat(32)}` as Hex

export const TAKEN: SubmitReply = {
  code: '',
  retryAfterMs: 0,
  sequencer: '',
  accepted: 1,
  refused: new Uint8Array(0),
  refusedCodes: new Uint8Array(0),
}

export interface Submitted {
  readonly node: string
  readonly group: number
  readonly submission: number
  readonly body: Uint8Array
}

/** Of an event, what its kind does not have. */
export const NONE = { root: undefined, final: undefined, dropped: undefined }

/** A root of one run, as a sequencer tells it. */
export function rootEvent(number: number, txRoot: Hex): Omit<GroupEvent, 'seq'> {
  return {
    ...NONE,
    kind: 'root',
    number,
    root: {
      shard: 0,
      parent: hash('aa'),
      transfers: 1,
      fee: 2,
      txRoot,
      digest: hash('bb'),
      withinMs: 100,
      runs: new Uint8Array(Uint32Array.of(7, 0, 0, 1).buffer),
      proofs: new Uint8Array(0),
    },
  }
}

export class FakeRollup implements RollupAccess {
  shards = 1
  shardOf = async () => 0
  names = ['one', 'two']
  readonly submitted: Submitted[] = []
  readonly cosigned: (CosignWords & { node: string })[] = []
  readonly left: number[] = []
  /** Each is asked in turn; the last one answers for ever. */
  replies: (SubmitReply | Error | Promise<SubmitReply>)[] = [TAKEN]
  claim: OrderedClaim | undefined
  readonly operated: { readonly node: string; readonly operations: Uint8Array }[] = []
  /** Each is given in turn; the last one for ever. */
  operateReplies: (OperateReply | Error)[] = [
    { code: '', sequencer: '', results: [{ code: '', number: 4, position: 2 }] },
  ]
  found: FoundOperation | undefined
  missed = { from: 0, to: 0 }
  private readonly polls = new Map<number, (news: GroupNews | Error) => void>()
  private readonly waiting = new Map<number, GroupEvent[]>()
  private seq = 0

  nodes = () => this.names

  submit: RollupAccess['submit'] = async (node, _shard, words) => {
    this.submitted.push({ node, ...words })
    const reply = this.replies.length > 1 ? this.replies.shift() : this.replies[0]
    if (reply instanceof Error) throw reply
    return reply as SubmitReply
  }

  operate: RollupAccess['operate'] = async (node, _shard, { operations }) => {
    this.operated.push({ node, operations })
    const { operateReplies: replies } = this
    const reply = replies.length > 1 ? replies.shift() : replies[0]
    if (reply instanceof Error) throw reply
    return reply as OperateReply
  }

  next: RollupAccess['next'] = (_node, _shard, { group }) =>
    new Promise((resolve, reject) => {
      this.polls.set(group, (news) => {
        this.polls.delete(group)
        if (news instanceof Error) reject(news)
        else resolve(news)
      })
      this.flush(group)
    })

  private flush(group: number): void {
    const events = this.waiting.get(group)
    const poll = this.polls.get(group)
    if (!events || !poll) return
    this.waiting.delete(group)
    poll({ events, lost: false, sequencer: 'one' })
  }

  say(group: number, event: Omit<GroupEvent, 'seq'>): void {
    const events = this.waiting.get(group) ?? []
    events.push({ ...event, seq: ++this.seq })
    this.waiting.set(group, events)
    this.flush(group)
  }

  /** The node of these polls has gone. */
  die(group: number): void {
    this.polls.get(group)?.(new ChainUnavailable('gone'))
  }

  cosign: RollupAccess['cosign'] = (node, _shard, words) => {
    this.cosigned.push({ node, ...words })
  }
  leave: RollupAccess['leave'] = (_node, _shard, group) => {
    this.left.push(group)
    this.polls.get(group)?.({ events: [], lost: false, sequencer: '' })
  }

  head: RollupAccess['head'] = async (shard) => ({
    shard,
    shards: 1,
    number: 9,
    hash: hash('11'),
    height: 5,
    timestampMs: 1234,
    entries: 77,
    supply: 10n ** 15n,
    accounts: 4096,
    inboxTo: 1,
    inbox: 2,
    tip: 10,
    rootNumber: 8,
    stateRoot: hash('22'),
    ready: true,
    keysLeft: 0,
    frozen: false,
    pruned: 2,
    missedFrom: this.missed.from,
    missedTo: this.missed.to,
  })

  exitProof: RollupAccess['exitProof'] = async (shard, number, position) =>
    shard !== 0 || number !== 3 || position !== 1
      ? undefined
      : {
          from: 5,
          amount: 2n ** 63n,
          entry: 17,
          total: 2n ** 63n + 4n,
          exits: 2,
          exitRoot: hash('77'),
          proof: new Uint8Array(32).fill(9),
        }

  dispute: RollupAccess['dispute'] = async () => undefined
  parcel: RollupAccess['parcel'] = async () => ({
    found: false,
    gone: false,
    leaves: new Uint8Array(0),
  })
  exitsOf: RollupAccess['exitsOf'] = async (index) =>
    index === 5 ? [{ shard: 0, number: 3, position: 1, amount: 7n, entry: 17 }] : []
  status: RollupAccess['status'] = async () => ({
    active: true,
    sequencer: 'one',
    fee: 2,
    pending: 0,
    groups: 0,
    sealed: 0,
    final: 0,
    dropped: 0,
    transfers: 0,
    windowMs: 30,
    cosignMs: 100,
  })
  account: RollupAccess['account'] = async (index) =>
    index > 5
      ? undefined
      : {
          index,
          owner: hash('01').slice(0, 42) as Hex,
          blsKey: `0x${'02'.repeat(48)}`,
          spendKey: hash('03'),
          balance: 2n ** 63n,
          nonce: 4,
          touch: 6,
          number: 9,
        }
  accountProof: RollupAccess['accountProof'] = async () => undefined
  indexOf: RollupAccess['indexOf'] = async () => 3
  claimAt: RollupAccess['claimAt'] = async () => this.claim
  findTransfer: RollupAccess['findTransfer'] = async () => undefined
  lock: RollupAccess['lock'] = async (index) => {
    const lock = { owner: 5, use: 3, number: 9 }
    if (index === 8) return { ...lock, held: true, payee: 7, amount: 2n ** 63n, deadline: 900 }
    return index === 9 ? { ...lock, held: false, payee: 0, amount: 0n, deadline: 0 } : undefined
  }
  findOperation: RollupAccess['findOperation'] = async ({ lock, use, kind }) =>
    lock === 8 && use === 3 && kind === 2 ? this.found : undefined
  operationAt: RollupAccess['operationAt'] = async (_shard, number, position) =>
    number === 4 && position === 2 ? this.found : undefined
}

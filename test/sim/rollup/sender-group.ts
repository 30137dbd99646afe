// A group of senders, as an edge speaks for one: it submits transfers, checks the roots that it is
// shown as a client does, co-signs them by its habit, and remembers what it was told is final.

import { RollupSequencerMessages } from '../../../actors/messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { concatBytes } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { nothing } from '../../../lib/schema.ts'
import { cosignDigest, type Transfer, transferLeaf } from '../../../protocol/rollup/cosign.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import { messages, type Reply, tell } from '../../../runtime/messages.ts'
import { checkRun, runProofBytes } from '../../../sdk/rollup/check-run.ts'
import { rootRuns } from '../../../sdk/rollup/wire/root-runs.ts'
import { simBls } from '../sim-crypto.ts'
import { accountSecret } from './rollup-chain.ts'
import type { SenderLog } from './sender-log.ts'
import { submissionBody } from './submission-body.ts'

/**
 * honest: answers each root at once; late: after the time is over; twice: sends its answer again,
 * and one for another root; never: answers nothing, its ordinary signatures travel; silent: the
 * same, and gives no ordinary signatures; forging: signs nonsense; partly: lets some of its
 * senders be absent.
 */
export const HABITS = ['late', 'twice', 'never', 'silent', 'forging', 'partly'] as const
export type Habit = 'honest' | (typeof HABITS)[number]

export interface SenderGroupProps {
  readonly group: number
  readonly nodes: readonly string[]
  readonly accounts: readonly number[]
  /** Whose senders they are. */
  readonly shard: number
  /** Whom they pay. */
  readonly receivers: readonly number[]
  readonly genesisHash: Hex
  readonly habit: Habit
  /** Mean time between two submissions. */
  readonly pauseMs?: number
  /** Without news for so long a submission is taken for lost, and another node is asked. */
  readonly patienceMs?: number | undefined
  readonly log: SenderLog
}

type Next = Reply<(typeof RollupSequencerMessages)['verbs'], 'Next'>
type Event = Next['events'][number]
type Root = NonNullable<Event['root']>

const WITHIN_MS = 1500
const PAUSE_MS = 120
const POLL_MS = 20
/** While no group submits anything. */
const RESTING_MS = 200
const PATIENCE_MS = 3000
const PER_SUBMISSION = 6

const bytesOf = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer)
const wordsOf = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer)

interface Waiting {
  readonly transfers: readonly Transfer[]
  readonly sinceMs: number
  readonly open: Set<number>
}

/** A transfer of ours in a batch. */
interface Placed {
  readonly submission: number
  readonly offset: number
  readonly transfer: Transfer
}

class Group {
  private readonly ctx: Context
  private readonly props: SenderGroupProps
  private node: string
  private after = 0
  private polls = 0
  private submissions = new Map<number, Waiting>()
  private nextSubmission = 1
  private readonly busy = new Set<number>()
  /** By number of a batch, of its last root: what of ours it has. */
  private roots = new Map<number, { txRoot: Hex; placed: Placed[] }>()

  constructor(ctx: Context, props: SenderGroupProps) {
    this.ctx = ctx
    this.props = props
    this.node = props.nodes[ctx.random(props.nodes.length)] as string
    ctx.reached(`habit-${props.habit}`)
    this.poll()
    this.rest()
  }

  private rest(): void {
    const { log, pauseMs: ownMs = PAUSE_MS } = this.props
    const pauseMs = log.isResting ? RESTING_MS : ownMs
    this.ctx.after('next', 1 + this.ctx.random(2 * pauseMs), () => this.learn())
  }

  /** Nonces come from a shard: after a crash of ours, too. */
  private learn(): void {
    this.expire()
    const free = this.props.accounts.filter((account) => !this.busy.has(account))
    if (free.length === 0 || this.props.log.isResting) {
      this.rest()
      return
    }
    const count = 1 + this.ctx.random(Math.min(PER_SUBMISSION, free.length))
    const chosen = free.sort(() => this.ctx.random(3) - 1).slice(0, count)
    const senders = chosen.sort((a, b) => a - b)
    let open = senders.length
    const known: Transfer[] = []
    const done = () => {
      if (--open === 0) this.submit(known.sort((a, b) => a.from - b.from))
    }
    for (const index of senders) {
      this.ctx.ask(
        ShardMessages,
        shardKey(this.node, this.props.shard),
        'Account',
        { index },
        {
          within: WITHIN_MS,
          failed: done,
          ok: (account) => {
            if (account && account.balance > 20n) known.push(this.transferOf(index, account.nonce))
            done()
          },
        },
      )
    }
  }

  /** A nonce whose transfer was co-signed is used for the same transfer again. */
  private transferOf(from: number, nonce: number): Transfer {
    const { ctx, props } = this
    const before = props.log.signed.get(`${from}/${nonce}`)
    if (before) {
      props.log.resubmitted++
      const [to, amount] = before.split(':') as [string, string]
      return { from, nonce, to: Number(to), amount: BigInt(amount) }
    }
    const to = props.receivers[ctx.random(props.receivers.length)] as number
    return { from, nonce, to, amount: BigInt(1 + ctx.random(9)) }
  }

  private submit(transfers: readonly Transfer[]): void {
    const { ctx, props } = this
    if (transfers.length === 0) {
      this.rest()
      return
    }
    const submission = this.nextSubmission++
    const isSigned = props.habit !== 'silent' && props.habit !== 'forging'
    const body = submissionBody(props, transfers, isSigned)
    for (const { from } of transfers) this.busy.add(from)
    const open = new Set(transfers.keys())
    this.submissions.set(submission, { transfers, sinceMs: ctx.now(), open })
    ctx.ask(
      RollupSequencerMessages,
      shardKey(this.node, props.shard),
      'Submit',
      { group: props.group, submission, body },
      {
        within: WITHIN_MS,
        failed: () => {
          this.move('')
          this.rest()
        },
        ok: ({ code, sequencer, refused }) => {
          if (code === '') for (const offset of wordsOf(refused)) this.close(submission, offset)
          else {
            this.closeAll(submission)
            if (code === 'NOT_SEQUENCER') this.move(sequencer)
          }
          this.rest()
        },
      },
    )
  }

  /** To the node that is said to take transfers, or to any other. */
  private move(node: string): void {
    const { nodes } = this.props
    const to = nodes.includes(node) ? node : (nodes[this.ctx.random(nodes.length)] as string)
    if (to === this.node) return
    this.node = to
    this.after = 0
    this.poll()
  }

  private close(submission: number, offset: number): void {
    const waiting = this.submissions.get(submission)
    const transfer = waiting?.transfers[offset]
    if (!waiting || !transfer || !waiting.open.delete(offset)) return
    this.busy.delete(transfer.from)
    if (waiting.open.size === 0) this.submissions.delete(submission)
  }

  private closeAll(submission: number): void {
    for (const offset of [...(this.submissions.get(submission)?.open ?? [])]) {
      this.close(submission, offset)
    }
  }

  private expire(): void {
    const before = this.ctx.now() - (this.props.patienceMs ?? PATIENCE_MS)
    let expired = false
    for (const [submission, { sinceMs }] of [...this.submissions]) {
      if (sinceMs > before) continue
      this.closeAll(submission)
      expired = true
    }
    if (expired) this.move('')
  }

  /** Ends whatever poll there was: two at once would throw each other out again and again. */
  private poll(): void {
    const { ctx, props, node, after } = this
    const poll = ++this.polls
    const again = () => {
      const isIdle = props.log.isAway && this.submissions.size === 0
      const ms = isIdle ? RESTING_MS : POLL_MS
      if (poll === this.polls) ctx.after('poll', ms, () => this.poll())
    }
    ctx.ask(
      RollupSequencerMessages,
      shardKey(node, props.shard),
      'Next',
      { group: props.group, after },
      {
        within: WITHIN_MS,
        failed: again,
        ok: ({ events }) => {
          if (poll !== this.polls) return
          // A sequencer that has started anew counts from one again.
          for (const event of events) {
            this.after = event.seq
            this.see(event)
          }
          if (poll !== this.polls) return
          if (events.length > 0) this.poll()
          else again()
        },
      },
    )
  }

  private see({ kind, number, root, final, dropped }: Event): void {
    if (kind === 'root' && root) this.answer(number, root)
    else if (kind === 'final' && final) this.isFinal(number, final.txRoot, final.claim)
    else if (dropped) {
      const list = wordsOf(dropped.transfers)
      for (let i = 0; i + 2 < list.length; i += 3) {
        this.close(list[i] as number, list[i + 1] as number)
      }
    }
  }

  private isFinal(number: number, txRoot: Hex, claim: Hex): void {
    const root = this.roots.get(number)
    if (root?.txRoot !== txRoot) return
    for (const { submission, offset, transfer } of root.placed) {
      // Also of what was given up: whoever hears that it is final relies on it.
      this.props.log.saidFinal(transfer, claim, number)
      this.close(submission, offset)
    }
  }

  /** Checks as a client must, then answers by habit. */
  private answer(number: number, root: Root): void {
    const { ctx, props } = this
    const { shard, parent, transfers, fee, txRoot } = root
    const digest = cosignDigest(props.genesisHash, {
      shard,
      number,
      parent,
      transfers,
      fee,
      txRoot,
    })
    if (bytesToHex(digest) !== root.digest) props.log.violations.push('offer: another digest')
    const placed: Placed[] = []
    const signers: { from: number; position: number }[] = []
    const absent: number[] = []
    let at = 0
    for (const { submission, offset, first, count } of rootRuns(wordsOf(root.runs))) {
      const run = { first, count, transfers }
      const proof = root.proofs.subarray(at, at + runProofBytes(run))
      at += proof.length
      const own = this.submissions.get(submission)?.transfers.slice(offset, offset + count) ?? []
      const leaves = concatBytes(...own.map(transferLeaf))
      // Not so when an earlier transfer was lost, for one: the nonces are then others than ours.
      const isSound = checkRun(hexToBytes(txRoot), leaves, run, proof, hashPairsNative)
      if (!isSound && own.length === count) ctx.reached('refused-run')
      for (let k = 0; k < count; k++) {
        const transfer = isSound ? own[k] : undefined
        if (transfer) placed.push({ submission, offset: offset + k, transfer })
        const skipped = props.habit === 'partly' && ctx.random(3) === 0
        if (transfer && !skipped && this.maySign(transfer)) {
          signers.push({ from: transfer.from, position: first + k })
        } else absent.push(first + k)
      }
    }
    if (this.roots.size > 200) this.roots.clear()
    this.roots.set(number, { txRoot, placed })
    this.send(number, txRoot, digest, signers, absent)
  }

  /** Never two transfers with one nonce. */
  private maySign({ from, nonce, to, amount }: Transfer): boolean {
    const { signed } = this.props.log
    const text = `${to}:${amount}`
    const before = signed.get(`${from}/${nonce}`)
    if (before !== undefined && before !== text) return false
    signed.set(`${from}/${nonce}`, text)
    return true
  }

  private send(
    number: number,
    txRoot: Hex,
    digest: Uint8Array,
    signers: readonly { from: number }[],
    absent: readonly number[],
  ): void {
    const { ctx, props } = this
    const { habit, group } = props
    if (habit === 'never' || habit === 'silent') return
    const what = habit === 'forging' ? new Uint8Array(32) : digest
    const signatures = signers.map(({ from }) => simBls.sign(accountSecret(from), what))
    const none = new Uint8Array(0)
    const answer = {
      group,
      number,
      txRoot,
      signature: signatures.length > 0 ? simBls.aggregate(signatures) : none,
      absent: bytesOf(absent),
      maxFees: none,
      notAfters: none,
      signatures: none,
    }
    const sequencer = shardKey(this.node, props.shard)
    const say = () => ctx.tell(RollupSequencerMessages, sequencer, 'Cosign', answer)
    if (habit === 'late') ctx.after(`late-${number % 8}`, 50 + ctx.random(200), say)
    else say()
    if (habit !== 'twice') return
    ctx.reached('answered-twice')
    say()
    ctx.tell(RollupSequencerMessages, sequencer, 'Cosign', {
      ...answer,
      signature: simBls.sign(accountSecret(0), new Uint8Array(32)),
    })
  }
}

export const SenderGroup = actor({
  messages: messages('sender-group', 1, { Nothing: tell(nothing) }),
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: SenderGroupProps) {
    new Group(ctx, props)
    return { Nothing() {} }
  },
})

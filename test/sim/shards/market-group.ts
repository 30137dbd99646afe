// Consumers of the last shard with a lock each, and their payees in any shard: lock, check the
// receipt, settle or let it expire, and again. What goes wrong is said in the log.

import { RollupSequencerMessages } from '../../../actors/messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { lockDigest, settleDigest } from '../../../protocol/rollup/operation-digests.ts'
import { checkOperation } from '../../../protocol/rollup/operation-receipt.ts'
import { type OperationTerms, termsOf } from '../../../protocol/rollup/operation-terms.ts'
import {
  encodeOperation,
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  type Operation,
} from '../../../protocol/rollup/operations.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Host } from '../../../runtime/host.ts'
import { messages } from '../../../runtime/messages.ts'
import { signLight } from '../rollup/rollup-chain.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import type { SenderLog } from '../rollup/sender-log.ts'
import type { ShardsChain, ShardsMarket } from './shards-chain.ts'

/** What consumers and payees were told. */
export class MarketLog {
  locked = 0
  settled = 0
  refunded = 0
  /** Payments to another shard. */
  crossed = 0
  readonly violations: string[] = []
  /** Roots by claim, of any node. */
  readonly roots = new Map<number, Hex>()
  /** Nobody begins a job while they rest, and what is wrong is said there. */
  senders: SenderLog | undefined
  /** Some locks are filled for long, and neither settled nor given back. */
  leavesSome = false

  get isResting(): boolean {
    return this.senders?.isResting === true
  }

  say(what: string): void {
    const { violations } = this.senders ?? this
    violations.push(what)
  }
}

interface MarketProps extends ShardsMarket {
  readonly nodes: readonly string[]
  readonly genesisHash: Hex
  readonly shard: number
  readonly log: MarketLog
}

const AMOUNT = 20n
/** Blocks from lock to deadline: of what is left to expire, of jobs, of what is to stay. */
const BLOCKS = [12, 60, 5000] as const
const WITHIN_MS = 4000
const RETRY_MS = 200
const RESTING_MS = 1000
const NO_LIMIT_FEE = 1000
const HASH = new Uint8Array(32).fill(0x77)
/** Refused now and then while batches are undone or the sequencer changes. */
const MAY_BE = ['PENDING', 'LOCK_OTHER', 'WRONG_NONCE', 'EXPIRED', 'SHARD_BEHIND', 'BUSY']

const MarketMessages = messages('market-group', 1, {})

class Pair {
  private readonly ctx: Context
  private readonly props: MarketProps
  private readonly owner: number
  private readonly lock: number

  constructor(ctx: Context, props: MarketProps, { owner, lock }: MarketProps['pairs'][number]) {
    this.ctx = ctx
    this.props = props
    this.owner = owner
    this.lock = lock
    this.again()
  }

  private again(ms = 300): void {
    this.ctx.after(`again ${this.lock}`, ms, () => this.look())
  }

  private key(node?: string): string {
    const { nodes, shard } = this.props
    const chosen = node || (nodes[this.ctx.random(nodes.length)] as string)
    return shardKey(chosen, shard)
  }

  /** What the lock is now, and what follows. */
  private look(): void {
    const { ctx } = this
    if (this.props.log.isResting) {
      this.again(RESTING_MS)
      return
    }
    const ask = { within: 1000, failed: () => this.again() }
    const key = this.key()
    ctx.ask(ShardMessages, key, 'Head', null, {
      ...ask,
      ok: ({ height, frozen, number, rootNumber, stateRoot, tip }) => {
        if (frozen) return
        if (rootNumber === number && tip === number) this.compare(number, stateRoot)
        ctx.ask(
          ShardMessages,
          key,
          'Lock',
          { index: this.lock },
          {
            ...ask,
            ok: (lock) => {
              if (!lock) this.say('no lock')
              else if (lock.held) this.again()
              else this.open(key, height, lock.use)
            },
          },
        )
      },
    })
  }

  private compare(number: number, root: Hex): void {
    const { roots } = this.props.log
    const known = roots.get(number)
    if (known !== undefined && known !== root) this.say(`claim ${number} has two roots`)
    roots.set(number, root)
  }

  private say(what: string): void {
    this.props.log.say(`job: lock ${this.lock}: ${what}`)
  }

  private open(key: string, height: number, use: number): void {
    const { ctx, props } = this
    ctx.ask(
      ShardMessages,
      key,
      'Account',
      { index: this.owner },
      {
        within: 1000,
        failed: () => this.again(),
        ok: (account) => {
          if (!account) return this.say('no owner')
          const drawn = ctx.random(3)
          const stays = drawn === 2 && props.log.leavesSome
          const [short, usual, long] = BLOCKS
          const deadline = height + (drawn === 0 ? short : stays ? long : usual)
          const payee = props.payees[ctx.random(props.payees.length)] as number
          const parties = { party: payee, from: this.owner, to: this.lock, nonce: account.nonce }
          const terms = { amount: AMOUNT, deadline, use }
          const operation = { kind: OPERATION_LOCK, ...parties, ...terms }
          this.operate(operation, deadline, (at) => {
            props.log.locked++
            if (drawn === 0) this.await(use)
            else if (!stays) this.settle(operation)
            this.receipt(at, operation)
          })
        },
      },
    )
  }

  private settle(opened: Operation): void {
    const { ctx, props } = this
    const amount = BigInt(ctx.random(Number(AMOUNT) + 1))
    const { party: payee, deadline, use } = opened
    const parties = { party: this.owner, from: this.lock, to: payee, nonce: use }
    const operation = { kind: OPERATION_SETTLE, ...parties, amount, deadline, use: 0 }
    this.operate(operation, 0, (at) => {
      props.log.settled++
      if (shardOf(payee, props.shard + 1) !== props.shard) props.log.crossed++
      this.receipt(at, operation)
      this.again(0)
    })
  }

  /** Until a sequencer has given it back. */
  private await(use: number): void {
    const wanted = { lock: this.lock, use, kind: OPERATION_REFUND }
    this.ctx.ask(ShardMessages, this.key(), 'FindOperation', wanted, {
      within: 1000,
      failed: () => this.ctx.after(`await ${this.lock}`, 300, () => this.await(use)),
      ok: (found) => {
        if (found) {
          this.props.log.refunded++
          this.again(0)
        } else this.ctx.after(`await ${this.lock}`, 300, () => this.await(use))
      },
    })
  }

  private words(operation: Operation, notAfter: number): Uint8Array {
    const { genesisHash } = this.props
    const leaf = encodeOperation(operation)
    const isLock = operation.kind === OPERATION_LOCK
    const bytes = new Uint8Array(136)
    bytes.set(leaf)
    bytes.set(HASH, 32)
    if (isLock) new Uint32Array(bytes.buffer).set([NO_LIMIT_FEE, notAfter], 16)
    const digest = isLock
      ? lockDigest(genesisHash, leaf, HASH, NO_LIMIT_FEE, notAfter)
      : settleDigest(genesisHash, leaf, HASH)
    bytes.set(signLight(isLock ? operation.from : operation.to, digest), 72)
    return bytes
  }

  private operate(
    operation: Operation,
    notAfter: number,
    done: (at: { number: number; position: number }) => void,
    node?: string,
  ): void {
    const body = { operations: this.words(operation, notAfter), withinMs: WITHIN_MS }
    const ms = this.props.log.isResting ? RESTING_MS : RETRY_MS
    const retry = (where?: string) =>
      this.ctx.after(`retry ${this.lock}`, ms, () => this.operate(operation, notAfter, done, where))
    this.ctx.ask(RollupSequencerMessages, this.key(node), 'Operate', body, {
      within: 2 * WITHIN_MS,
      failed: () => this.resume(operation, done, () => retry()),
      ok: ({ code, sequencer, results }) => {
        const [result] = results
        if (code === 'NOT_SEQUENCER') retry(sequencer)
        else if (code !== '' || !result) retry()
        else if (result.code === '') done(result)
        else if (MAY_BE.includes(result.code)) this.resume(operation, done, () => this.again())
        else this.say(`${operation.kind}: ${result.code}`)
      },
    })
  }

  /** It may be in a final batch all the same. */
  private resume(
    operation: Operation,
    done: (at: { number: number; position: number }) => void,
    not: () => void,
  ): void {
    const { kind, from, to, nonce, use } = operation
    const isLock = kind === OPERATION_LOCK
    const mine = bytesToHex(encodeOperation(operation))
    const wanted = { lock: isLock ? to : from, use: isLock ? use : nonce, kind }
    this.ctx.ask(ShardMessages, this.key(), 'FindOperation', wanted, {
      within: 1000,
      failed: not,
      // An earlier one of ours may have come after all.
      ok: (found) => (found && bytesToHex(found.leaf) === mine ? done(found) : not()),
    })
  }

  private receipt(place: { number: number; position: number }, operation: Operation): void {
    const { number, position } = place
    this.ctx.ask(
      ShardMessages,
      this.key(),
      'OperationAt',
      { number, position },
      {
        within: 1000,
        failed: () => {},
        ok: (found) => {
          // A node may be behind.
          if (!found) return
          const terms = termsOf(operation) as OperationTerms
          const receipt = { ...found, operation: terms, hash: bytesToHex(found.hash) }
          const checked = checkOperation(receipt, hashPairsNoble)
          if (!checked.ok) this.say(`receipt: ${checked.code} of ${terms.kind}`)
        },
      },
    )
  }
}

const MarketGroup = actor({
  messages: MarketMessages,
  restart: 'permanent',
  mailbox: { capacity: 4096, overflow: 'reject' },
  setup(ctx, props: MarketProps) {
    for (const pair of props.pairs) new Pair(ctx, props, pair)
    return {}
  },
})

/** Of the last shard. */
export function spawnMarket(host: Host, { genesis, rollup, market }: ShardsChain, log: MarketLog) {
  const place = { nodes: NODES, genesisHash: genesis.block.hash, shard: rollup.shards - 1 }
  host.spawn(MarketGroup, 'market', { ...market, ...place, log })
}

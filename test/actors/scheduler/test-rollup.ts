// A rollup of one shard for scheduler tests: locks with their rules, signatures and proofs, but one
// operation a batch, and a batch is final a moment after it was handed in. It outlives power cuts.

import { ed25519 } from '@noble/curves/ed25519.js'
import { RollupSequencerMessages } from '../../../actors/messages/rollup-sequencer.ts'
import { ShardMessages } from '../../../actors/messages/shard.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { type Claim, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { settleDigest } from '../../../protocol/rollup/operation-digests.ts'
import {
  OPERATION_KINDS,
  type OperationTerms,
  operationOf,
} from '../../../protocol/rollup/operation-terms.ts'
import { encodeOperation } from '../../../protocol/rollup/operations.ts'
import { decodeSentOperation } from '../../../protocol/rollup/sent-operation.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Reply } from '../../../runtime/messages.ts'
import type { VirtualHosts } from './virtual-hosts.ts'

const ZERO: Hex = `0x${'00'.repeat(32)}`
export const GENESIS: Hex = `0x${'11'.repeat(32)}`
const FINAL_MS = 200

export function spendOf(index: number) {
  const seed = new Uint8Array(32).fill(100 + index)
  const sign = (digest: Uint8Array) => ed25519.sign(digest, seed)
  return { genesisHash: GENESIS, spendKey: bytesToHex(ed25519.getPublicKey(seed)), sign }
}

interface Account {
  readonly owner: Hex
  readonly spendKey: Hex
  balance: bigint
}

type Head = Reply<(typeof ShardMessages)['verbs'], 'Head'>
type Held = Pick<OperationTerms, 'payee' | 'amount' | 'deadline'>

interface Lock {
  readonly owner: number
  use: number
  held: Held | undefined
}

interface Final {
  readonly number: number
  readonly terms: OperationTerms
  readonly hash: Hex
  readonly height: number
}

/** Of a batch with this one operation. */
function shown({ number, terms, hash, height }: Final) {
  const leaf = encodeOperation(operationOf(terms))
  const root = new Uint8Array(32)
  const pair = new Uint8Array(64)
  pair.set(leaf)
  pair.set(hexToBytes(hash), 32)
  hashPairsNoble(pair, root)
  const counts = { settles: 0, refunds: 0, locks: 0, [`${terms.kind}s`]: 1 }
  const roots = { parent: ZERO, bodyHash: ZERO, txRoot: ZERO, traceRoot: ZERO, exitRoot: ZERO }
  const claim: Claim = {
    shard: 0,
    number,
    epoch: 0,
    sequencer: 0,
    bodyBytes: 0,
    transfers: 0,
    ...counts,
    ...roots,
    notAfter: 1,
    notBefore: 0,
    firstEntry: 0,
    entries: 1,
    fee: 0,
    feeAccount: 0,
    opRoot: bytesToHex(root),
    exits: 0,
    inboxTo: 0,
    consumed: [],
    outbox: [],
    supply: 0n,
    stateRoot: undefined,
    signature: new Uint8Array(96),
  }
  const parts = { leaf, hash: hexToBytes(hash), proof: new Uint8Array(0) }
  const block = { height, blockHash: ZERO, timestampMs: 0 }
  return { number, position: 0, claim: encodeClaim(claim), claimHash: ZERO, ...parts, ...block }
}

export class TestRollup {
  readonly accounts = new Map<number, Account>()
  readonly locks = new Map<number, Lock>()
  readonly finals: Final[] = []
  isFrozen = false
  private readonly height: () => number

  /** `height`: of the base chain. */
  constructor(world: VirtualHosts, height: () => number) {
    this.height = height
    const beat = () => {
      this.refundLate()
      world.after(FINAL_MS, beat)
    }
    world.after(FINAL_MS, beat)
  }

  private final(terms: OperationTerms, hash: Hex): number {
    this.finals.push({ number: this.finals.length + 1, terms, hash, height: this.height() })
    return this.finals.length
  }

  private refundLate(): void {
    for (const [lock, { owner, use, held }] of this.locks) {
      if (!held || this.isFrozen || held.deadline >= this.height()) continue
      this.empty(lock, 0n)
      this.final({ kind: 'refund', owner, lock, nonce: 0, use, ...held }, ZERO)
    }
  }

  private empty(index: number, paid: bigint): void {
    const lock = this.locks.get(index) as Lock
    const { payee, amount } = lock.held as Held
    ;(this.accounts.get(payee) as Account).balance += paid
    ;(this.accounts.get(lock.owner) as Account).balance += amount - paid
    lock.held = undefined
    lock.use++
  }

  /** By the owner: what a lock operation does. */
  lock(index: number, held: Held, hash: Hex): { lock: number; use: number } {
    const lock = this.locks.get(index) as Lock
    const { owner, use } = lock
    ;(this.accounts.get(owner) as Account).balance -= held.amount
    lock.held = held
    this.final({ kind: 'lock', owner, lock: index, nonce: 0, use, ...held }, hash)
    return { lock: index, use }
  }

  /** As a shard does it; the code of a refusal. */
  settle(bytes: Uint8Array): { code: string; number: number } {
    const sent = decodeSentOperation(bytes)
    if (!sent) return { code: 'UNDECODABLE', number: 0 }
    const { terms, hash, signature } = sent
    const payee = this.accounts.get(terms.payee)
    const digest = settleDigest(GENESIS, encodeOperation(operationOf(terms)), hexToBytes(hash))
    if (!payee || !ed25519.verify(signature, digest, hexToBytes(payee.spendKey))) {
      return { code: 'BAD_SIGNATURE', number: 0 }
    }
    if (terms.deadline < this.height() + 5) return { code: 'EXPIRED', number: 0 }
    const lock = this.locks.get(terms.lock)
    const { held } = lock ?? {}
    const isSo =
      lock?.use === terms.use &&
      lock.owner === terms.owner &&
      held?.payee === terms.payee &&
      held.deadline === terms.deadline &&
      terms.amount <= held.amount
    if (!isSo) return { code: 'LOCK_OTHER', number: 0 }
    this.empty(terms.lock, terms.amount)
    return { code: '', number: this.final(terms, hash) }
  }

  /** All units there are. */
  supply(): bigint {
    const held = [...this.locks.values()].map((lock) => lock.held?.amount ?? 0n)
    const owned = [...this.accounts.values()].map(({ balance }) => balance)
    return [...held, ...owned].reduce((sum, units) => sum + units, 0n)
  }

  shard() {
    const find = (lock: number, use: number, kind: number) =>
      this.finals.find(({ terms }) => {
        return terms.lock === lock && terms.use === use && OPERATION_KINDS[terms.kind] === kind
      })
    return actor({
      messages: ShardMessages,
      restart: 'permanent',
      mailbox: { capacity: 1000, overflow: 'reject' },
      // What a scheduler asks, and nothing else.
      setup: () =>
        ({
          Head: (_: null, reply: (head: Head) => void) =>
            reply({
              ...{
                shard: 0,
                shards: 1,
                number: 0,
                hash: ZERO,
                height: 0,
                timestampMs: 0,
                entries: 0,
              },
              ...{ supply: 0n, accounts: 0, inboxTo: 0, inbox: 0, tip: 0, rootNumber: 0 },
              ...{ stateRoot: ZERO, ready: true, keysLeft: 0, frozen: this.isFrozen },
              ...{ pruned: 0, missedFrom: 0, missedTo: 0 },
            }),
          Lock: ({ index }: { index: number }, reply: (lock: unknown) => void) => {
            const lock = this.locks.get(index)
            const none = { payee: 0, amount: 0n, deadline: 0 }
            const { owner, use, held } = lock ?? { owner: 0, use: 0, held: undefined }
            const state = { owner, use, held: held !== undefined, ...(held ?? none), number: 0 }
            reply(lock && state)
          },
          FindOperation: (
            { lock, use, kind }: { lock: number; use: number; kind: number },
            reply: (found: unknown) => void,
          ) => {
            const found = find(lock, use, kind)
            reply(found && shown(found))
          },
          IndexOf: ({ owner }: { owner: Hex }, reply: (index: unknown) => void) =>
            reply([...this.accounts].find(([, one]) => one.owner === owner)?.[0]),
          Account: ({ index }: { index: number }, reply: (account: unknown) => void) => {
            const account = this.accounts.get(index)
            const rest = { blsKey: undefined, nonce: 0, touch: 0, number: 0 }
            reply(account && { index, ...account, ...rest })
          },
        }) as never,
    })
  }

  sequencer() {
    return actor({
      messages: RollupSequencerMessages,
      restart: 'permanent',
      mailbox: { capacity: 1000, overflow: 'reject' },
      setup: (ctx) => {
        let serial = 0
        type Answer = (operated: object) => void
        return {
          Operate: ({ operations }: { operations: Uint8Array }, reply: Answer) => {
            const answer = (code: string, number: number) =>
              reply({ code: '', sequencer: '', results: [{ code, number, position: 0 }] })
            if (this.isFrozen) reply({ code: 'STALE', sequencer: '', results: [] })
            else {
              ctx.after(`batch ${serial++}`, FINAL_MS, () => {
                const { code, number } = this.settle(operations)
                answer(code, number)
              })
            }
          },
        } as never
      },
    })
  }
}

// What the base chain takes of a claim and what it refuses: every field changed, numbers out of
// order, other people's turns, messages left out or not there, roots that are due.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import {
  CLAIM_BYTES_MAX,
  CLAIMS_PER_SHARD_MAX,
  EXIT_INDEX,
  FAILOVER_MS,
  FORCE_AFTER_BLOCKS,
  FREEZE_AFTER_BLOCKS,
  ROOT_EVERY_MAX,
} from '../../../protocol/params.ts'
import { claimHash, encodeClaim, type UnsignedClaim } from '../../../protocol/rollup/claim.ts'
import { eligible } from '../../../protocol/rollup/sequencing.ts'
import { account, RollupWorld } from './rollup-world.ts'

const OTHER: Hex = `0x${'77'.repeat(32)}`
const GENESIS = { accounts: 100, balance: 1000n, owner: account(9) }
const pay = (from: number, to: number, amount = 5n) => ({ from, to, amount })

/** A world whose next claim has everything: a message, transfers, a fee, an exit, a root. */
function rich(): { world: RollupWorld; claim: UnsignedClaim } {
  const world = new RollupWorld(GENESIS)
  world.step({ transfers: [pay(0, 1)] })
  world.deposit(0, 3, 40n)
  world.next()
  const transfers = [pay(1, 2), pay(3, EXIT_INDEX, 30n)]
  const { claim } = world.batch({ transfers, fee: 2, feeAccount: 4 })
  return { world, claim }
}

test('a claim that follows is ordered, and the head says what it said', () => {
  const { world, claim } = rich()
  assert.is(world.order([world.sign(claim)]), '')
  const { head } = world
  assert.equal(
    [head.number, head.hash, head.entries, head.supply, head.inboxTo, head.rootNumber, head.root],
    [2, claimHash(claim), 1 + 1 + 4, 100_000n + 40n - 30n, 1, 2, claim.stateRoot],
  )
  assert.equal([head.sequencer, head.timestampMs], [account(100), world.nowMs])
})

test('any field changed under the old signature is refused', () => {
  const { world, claim } = rich()
  const signed = world.sign(claim)
  const changes: { readonly [K in keyof UnsignedClaim]: UnsignedClaim[K] } = {
    shard: 1,
    number: claim.number + 1,
    epoch: claim.epoch + 1,
    parent: OTHER,
    sequencer: 1,
    bodyHash: OTHER,
    bodyBytes: claim.bodyBytes + 4,
    transfers: claim.transfers + 1,
    settles: 1,
    refunds: 1,
    locks: 1,
    notAfter: claim.notAfter - 1,
    notBefore: 1,
    opRoot: OTHER,
    firstEntry: claim.firstEntry + 1,
    entries: claim.entries + 1,
    fee: claim.fee + 1,
    feeAccount: claim.feeAccount + 1,
    txRoot: OTHER,
    traceRoot: OTHER,
    exits: claim.exits + 1,
    exitRoot: OTHER,
    inboxTo: claim.inboxTo - 1,
    consumed: [{ shard: 1, number: 1 }],
    outbox: [{ shard: 1, credits: 1, amount: 1n, root: OTHER }],
    supply: claim.supply - 1n,
    stateRoot: OTHER,
  }
  assert.equal(Object.keys(changes).sort(), Object.keys(claim).sort())
  for (const [field, value] of Object.entries(changes)) {
    assert.is.not(world.order([{ ...signed, [field]: value }]), '', field)
  }
  for (const at of [0, 47, 95]) {
    const signature = Uint8Array.from(signed.signature)
    signature[at] = (signature[at] as number) ^ 1
    assert.is(world.order([{ ...signed, signature }]), 'BAD_SIGNATURE')
  }
  assert.is(world.order([signed]), '')
})

test('what a sequencer signs and the state contradicts is refused, each for its own reason', () => {
  const { world, claim } = rich()
  const none: Hex = world.head.hash
  const cases: [Partial<UnsignedClaim>, string][] = [
    [{ shard: 1 }, 'UNKNOWN_SHARD'],
    [{ number: claim.number - 1 }, 'WRONG_NUMBER'],
    [{ number: claim.number + 1 }, 'WRONG_NUMBER'],
    [{ parent: OTHER }, 'WRONG_PARENT'],
    [{ epoch: claim.epoch - 1 }, 'WRONG_EPOCH'],
    [{ sequencer: 1 }, 'NOT_ELIGIBLE'],
    [{ sequencer: 4 }, 'NOT_ELIGIBLE'],
    [{ inboxTo: 0 - 0, entries: claim.entries - 1 }, 'WRONG_SUPPLY'],
    [{ inboxTo: 2 }, 'WRONG_INBOX'],
    [{ transfers: 65_537 }, 'TOO_LARGE'],
    [{ bodyBytes: 4 * 1024 * 1024 + 4 }, 'TOO_LARGE'],
    [{ notAfter: world.height - 1 }, 'EXPIRED'],
    [{ consumed: [{ shard: 0, number: 1 }] }, 'PARCELS'],
    [{ outbox: [{ shard: 0, credits: 1, amount: 1n, root: none }] }, 'PARCELS'],
    [{ entries: claim.entries + 1 }, 'WRONG_ENTRIES'],
    [{ entries: claim.entries - 1 }, 'WRONG_ENTRIES'],
    [{ fee: 0 }, 'WRONG_ENTRIES'],
    [{ firstEntry: claim.firstEntry - 1 }, 'WRONG_ENTRIES'],
    [{ feeAccount: 100 }, 'WRONG_FEE_ACCOUNT'],
    [{ supply: claim.supply + 31n }, 'WRONG_SUPPLY'],
    [{ exits: 0 }, 'WRONG_SUPPLY'],
    [{ exits: claim.entries + 1 }, 'WRONG_SUPPLY'],
  ]
  const before = world.words
  for (const [change, code] of cases) {
    const changed = { ...claim, ...change }
    const signer = { ...changed, sequencer: Math.min(changed.sequencer, 3) }
    const signed = { ...world.sign(signer), sequencer: changed.sequencer }
    assert.is(world.order([signed]), code, JSON.stringify(Object.keys(change)))
    assert.equal(world.words, before)
  }
  // The height that an ordinary signature names is the last at which it holds.
  assert.is(world.order([world.sign({ ...claim, notAfter: world.height })]), '')
})

test('the signature must be the sequencer’s, whose turn it is', () => {
  const { world, claim } = rich()
  const signed = world.sign({ ...claim, sequencer: 1 })
  assert.is(world.order([signed]), 'NOT_ELIGIBLE')
  world.next(FAILOVER_MS - 101)
  assert.not(eligible(world.rules, world.head, 0, 1, world.nowMs))
  assert.is(world.order([signed]), 'NOT_ELIGIBLE')
  world.next(1)
  assert.is(world.order([{ ...world.sign(claim), sequencer: 1 }]), 'BAD_SIGNATURE')
  assert.is(world.order([signed]), '')
  assert.is(world.head.sequencer, account(101))
})

test('undecodable bytes, and claims that are too long, are refused', () => {
  const { world, claim } = rich()
  const bytes = encodeClaim(world.sign(claim))
  const bad = [bytes.subarray(1), new Uint8Array(0), new Uint8Array(CLAIM_BYTES_MAX + 1)]
  for (const one of bad) assert.is(world.order([one]), 'UNDECODABLE')
})

test('a block takes four claims of a shard, one standing on the other', () => {
  const world = new RollupWorld(GENESIS)
  world.next()
  const claims: UnsignedClaim[] = []
  for (let i = 0; i <= CLAIMS_PER_SHARD_MAX; i++) {
    // Made as if the one before were ordered, in a world that is thrown away.
    const { claim } = world.batch({ transfers: [pay(i, i + 1)] })
    assert.is(world.order([world.sign(claim)]), '')
    claims.push(claim)
  }
  const signed = claims.map((claim) => world.sign(claim))
  const other = new RollupWorld(GENESIS)
  other.next()
  assert.is(other.order(signed), 'TOO_MANY')
  assert.is(other.order(signed.slice(1, 3)), 'WRONG_NUMBER')
  assert.is(other.order(signed.slice(0, CLAIMS_PER_SHARD_MAX)), '')
  assert.is(other.head.number, CLAIMS_PER_SHARD_MAX)
})

test('a root is due with the sixteenth claim after the last one, and may come before', () => {
  const world = new RollupWorld(GENESIS)
  for (let i = 1; i < ROOT_EVERY_MAX; i++) {
    world.step({ transfers: [pay(i, 0)], states: false })
  }
  assert.is(world.head.rootNumber, 0)
  world.next()
  const { claim } = world.batch({ transfers: [pay(50, 0)] })
  assert.is(world.order([world.sign({ ...claim, stateRoot: undefined })]), 'ROOT_DUE')
  assert.is(world.order([world.sign(claim)]), '')
  assert.is(world.head.rootNumber, ROOT_EVERY_MAX)
})

test('a claim that does nothing is refused, unless it states a root that is still missing', () => {
  const world = new RollupWorld(GENESIS)
  world.next()
  const { claim } = world.batch({})
  assert.is(world.order([world.sign(claim)]), 'EMPTY')
  world.step({ transfers: [pay(1, 0)], states: false })
  const empty = world.batch({}).claim
  assert.is(world.order([world.sign({ ...empty, stateRoot: undefined })]), 'EMPTY')
  assert.is(world.order([world.sign(empty)]), '')
  assert.is(world.order([world.sign(world.batch({}).claim)]), 'EMPTY')
})

test('a message may be left out for fifty blocks, and freezes its shard after six hundred', () => {
  const left = () => {
    const world = new RollupWorld(GENESIS)
    world.deposit(0, 1, 7n)
    return world
  }
  const world = left()
  world.next(100, FORCE_AFTER_BLOCKS)
  const { claim } = world.batch({ transfers: [pay(1, 0)], inboxTo: 0 })
  world.next()
  assert.is(world.order([world.sign(claim)]), 'LEFT_OUT')
  world.height--
  assert.is(world.order([world.sign(claim)]), '')
  const late = left()
  late.next(100, FREEZE_AFTER_BLOCKS)
  const taking = late.batch({ transfers: [pay(1, 0)] }).claim
  late.next()
  assert.is(late.order([late.sign(taking)]), 'FROZEN')
  late.height--
  assert.is(late.order([late.sign(taking)]), '')
})

test.run()

// A sequencer that lies, in real blocks: the base chain orders its claim, a challenger proves the
// lie with one transfer's evidence, the shard freezes at the last good root, the liar pays, and
// everybody leaves. And challenges that do not hold, come too late, or bring other claims.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { decodeArguments } from '../../../protocol/abi/codec.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import {
  ROLLUP_ADDRESS,
  ROLLUP_CHALLENGE_BOND_WEI,
  ROLLUP_CHALLENGE_SECONDS,
  STAKING_ADDRESS,
  TREASURY_ADDRESS,
} from '../../../protocol/params.ts'
import { encodeChallenge } from '../../../protocol/rollup/challenge.ts'
import { type Claim, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { proofOf } from '../../../protocol/rollup/fraud-search.ts'
import * as abi from '../../../protocol/rollup/rollup-abi.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { AT, traceRoot } from '../../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { loadPool } from '../../../protocol/staking/pool.ts'
import { loadValidator } from '../../../protocol/staking/validator-record.ts'
import { WALLETS, type Wallet } from '../chain-world.ts'
import { STAKE } from '../epoch/epoch-world.ts'
import { LATE, LyingWorld } from './lying-world.ts'
import { challengeOf, challengeWith, copyOf, publishedCase, standingAt } from './published-case.ts'
import { account, RollupWorld } from './rollup-world.ts'

const [ann, bob] = WALLETS as [Wallet, Wallet]
const BOND = ROLLUP_CHALLENGE_BOND_WEI
const GENESIS = { accounts: 20, balance: 1000n, owner: account(9) }
const pay = (from: number, to: number, amount = 5n) => ({ from, to, amount })

test('a lie about one balance is proved, freezes the shard, and costs the liar', () => {
  const world = new LyingWorld()
  world.order(world.sign(world.claim(1).claim))
  const good = standingAt(world.head)
  const table = copyOf(world.shard)
  const records = [...Array(20).keys()].map((slot) => world.shard.table.recordOf(slot))
  const paths = records.map((_, slot) => world.shard.pages.proof(slot, hashPairsNoble))
  const batch = world.claim(2)
  // The sequencer gives itself money in the root that it states.
  world.shard.table.put(7, 999_999, 0, 0, 1, 0)
  const lie = world.sign({ ...batch.claim, stateRoot: world.shard.root(hashPairsNoble) })
  world.order(lie)
  assert.equal([world.head.number, world.head.frozen], [2, false])

  const published = publishedCase({ root: good, table }, [batch], [lie], world.shard)
  const { bytes } = challengeOf(published)
  const liar = world.rules.set.validators[lie.sequencer]?.address as Hex
  const before = world.balance(bob.address)
  assert.ok(world.send(bob, calls.encodeChallengeCall(bytes), BOND))
  const { number, hash, root, supply, frozen } = world.head
  assert.equal([number, hash, root, frozen], [1, good.hash, good.stateRoot, true])
  assert.is(supply, 20_000n)
  const taken = STAKE / 20n
  assert.is(loadPool(world.wordsOf(STAKING_ADDRESS), liar).tokens, STAKE - taken)
  assert.is(loadValidator(world.wordsOf(STAKING_ADDRESS), liar)?.tombstoned, true)
  const gained = world.balance(bob.address) - before
  assert.ok(gained > taken / 20n - 10n ** 17n && gained <= taken / 20n, `${gained} wei`)

  const next = world.build({ sidecar: { claims: [encodeClaim(world.sign(lie))] } })
  assert.equal(next.ok ? [] : [next.code, next.detail], ['BAD_CLAIM', 'FROZEN'])
  const exit = (slot: number) =>
    calls.encodeExitFrozen(slot, bytesToHex(records[slot] as Uint8Array), paths[slot] as Uint8Array)
  assert.not(world.send(bob, exit(7)))
  const settled = LATE.timestampMs + ROLLUP_CHALLENGE_SECONDS * 1000 + 1000
  const owned = world.balance(ann.address)
  for (let slot = 0; slot < 20; slot++) assert.ok(world.send(bob, exit(slot), 0n, settled))
  assert.is(world.balance(ann.address) - owned, 20_000n * 10n ** 9n)
  assert.is(world.balance(ROLLUP_ADDRESS), 0n)
})

test('who challenges what is true loses the bond to the treasury, and nothing else happens', () => {
  const world = new LyingWorld()
  const start = standingAt(world.head)
  const table = copyOf(world.shard)
  const batch = world.claim(1)
  const claim = world.sign(batch.claim)
  world.order(claim)
  const published = publishedCase({ root: start, table }, [batch], [claim], world.shard)
  assert.throws(() => challengeOf(published), /nothing is false/)
  const treasury = world.balance(TREASURY_ADDRESS)
  const before = world.balance(bob.address)
  const bytes = challengeWith([claim], proofOf('COUNT', 0))
  assert.ok(world.send(bob, calls.encodeChallengeCall(bytes), BOND))
  assert.ok(before - world.balance(bob.address) >= BOND)
  assert.ok(world.balance(TREASURY_ADDRESS) - treasury >= BOND)
  assert.equal([world.head.number, world.head.frozen], [1, false])
  const liar = world.rules.set.validators[0]?.address as Hex
  assert.is(loadPool(world.wordsOf(STAKING_ADDRESS), liar).tokens, STAKE)
})

/** Three claims, each with a root. */
function three() {
  const world = new RollupWorld(GENESIS)
  const claims = [1, 2, 3].map((from) => {
    return world.sign(world.step({ transfers: [pay(from, from + 1)] }).claim)
  })
  return { world, claims }
}

const code = (world: RollupWorld, bytes: Uint8Array, value = BOND) =>
  world.code(account(3), calls.encodeChallengeCall(bytes), value)

test('what is no challenge of ordered claims is refused before anybody is judged', () => {
  const { world, claims } = three()
  const [first, second, third] = claims as [Claim, Claim, Claim]
  const proof = proofOf('COUNT', 0)
  const good = challengeWith([second], proof)
  assert.is(code(world, good, BOND - 1n), 'WRONG_BOND')
  assert.is(code(world, good, 0n), 'WRONG_BOND')
  assert.is(code(world, good.subarray(1)), 'MALFORMED_CHALLENGE')
  assert.is(code(world, new Uint8Array(0)), 'MALFORMED_CHALLENGE')
  assert.is(code(world, new Uint8Array(65_537)), 'MALFORMED_CHALLENGE')
  assert.is(code(world, challengeWith([], proof)), 'MALFORMED_CHALLENGE')
  const seventeen = Array.from({ length: 17 }, () => second)
  assert.is(code(world, challengeWith(seventeen, proof)), 'MALFORMED_CHALLENGE')
  assert.is(code(world, challengeWith([{ ...second, shard: 1 }], proof)), 'UNKNOWN_SHARD')
  for (const list of [
    [first, second],
    [second, third],
    [second, second],
    [{ ...second, fee: 9 }],
    [{ ...second, number: 0 }],
    [{ ...second, number: 9 }],
  ]) {
    assert.is(code(world, challengeWith(list, proof)), 'NOT_ORDERED')
  }
  assert.is(code(world, challengeWith([second], proofOf('COUNT', 1))), 'NOT_ORDERED')
  assert.not(proves(world, good))
  // What only a judge can tell costs the bond.
  const noise = encodeChallenge({ claims: [second], proof: new Uint8Array(3) })
  assert.not(proves(world, noise))
  assert.not(world.head.frozen)
})

/** A batch whose trace says that the receiver had more before than it had, and its claim. */
function falseClaim(world: RollupWorld, from: number, states: boolean) {
  const root = standingAt(world.head)
  const table = copyOf(world.shard)
  world.next()
  const batch = world.batch({ transfers: [pay(from, from + 1)], states })
  const words = batch.executed.trace
  words[AT.toBalance] = (words[AT.toBalance] as number) + 1
  const claim = world.sign({ ...batch.claim, traceRoot: rootOf(words, batch.claim.entries) })
  assert.is(world.order([claim]), '')
  const { bytes, kind } = challengeOf(publishedCase({ root, table }, [batch], [claim], undefined))
  assert.is(kind, 'START')
  return bytes
}

function proves(world: RollupWorld, bytes: Uint8Array): boolean {
  const output = world.do(account(3), calls.encodeChallengeCall(bytes), BOND)
  return decodeArguments(abi.CHALLENGE.outputs, output)[0]
}

test('claims after the last stated root can be challenged too', () => {
  const world = new RollupWorld(GENESIS)
  world.step({ transfers: [pay(1, 2)] })
  const bytes = falseClaim(world, 2, false)
  const before = world.balance(account(3))
  assert.ok(proves(world, bytes))
  assert.is(world.balance(account(3)), before)
  assert.equal([world.head.number, world.head.frozen], [1, true])
  assert.is(code(world, bytes), 'NOT_ORDERED')
})

test('a second challenge goes further back, but never behind a settled root', () => {
  const world = new RollupWorld(GENESIS)
  world.step({ transfers: [pay(1, 2)] })
  const [older, newer] = [falseClaim(world, 2, true), falseClaim(world, 3, true)]
  world.next((ROLLUP_CHALLENGE_SECONDS - 1) * 1000)
  assert.ok(proves(world, newer))
  assert.is(world.head.number, 2)
  const later = new Map(world.words)
  assert.ok(proves(world, older))
  assert.equal([world.head.number, world.head.supply], [1, 20_000n])
  world.words = later
  world.next(1000)
  assert.is(code(world, older), 'TOO_LATE')
})

function rootOf(words: Uint32Array, count: number): Hex {
  return bytesToHex(traceRoot(words, count, new MerkleTree(hashPairsNoble), hashPairsNoble))
}

test.run()

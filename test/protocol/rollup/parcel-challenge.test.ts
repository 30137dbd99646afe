// A sequencer that lies about credits which it was sent, in real blocks: it gives all of them to
// one of the receivers, and lets him leave with them. Whoever has the header alone, with proofs of
// some words of the state, finds it guilty; so does the chain, for a bond. Nobody gains or loses.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import type { ReadWords } from '../../../protocol/modules/storage-layout.ts'
import {
  COHORT_SIZE,
  EXIT_INDEX,
  ROLLUP_ADDRESS,
  ROLLUP_CHALLENGE_BOND_WEI,
  ROLLUP_CHALLENGE_SECONDS,
  STAKING_ADDRESS,
} from '../../../protocol/params.ts'
import { judgeChallenge } from '../../../protocol/rollup/challenge.ts'
import { encodeOutgoing, outgoingRoot, readOutgoing } from '../../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { findParcel } from '../../../protocol/rollup/parcel-queue.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { loadPool } from '../../../protocol/staking/pool.ts'
import { proveAccount, verifyAccount, verifyWord } from '../../../protocol/state/account-proof.ts'
import { WALLETS, type Wallet } from '../chain-world.ts'
import { STAKE } from '../epoch/epoch-world.ts'
import { LATE, LyingWorld } from './lying-world.ts'
import { challengeOf, copyOf, publishedCase, standingAt } from './published-case.ts'

const [ann, bob] = WALLETS as [Wallet, Wallet]
const [SOURCE, LIAR] = [0, 1]
const SECOND = 1000
const UNIT = 10n ** 9n
const START = LATE.timestampMs

/** Words of the module as a header proves them, of whoever gives the proofs. */
function provenWords({ tree, block }: LyingWorld): ReadWords & { asked: number } {
  const words = {
    asked: 0,
    load(slot: Hex) {
      words.asked++
      const { accountProof, storage } = proveAccount(tree, ROLLUP_ADDRESS, [slot])
      const { storageRoot } = verifyAccount(block.header.stateRoot, ROLLUP_ADDRESS, accountProof)
      return verifyWord(storageRoot, slot, storage[0]?.proof ?? [])
    },
  }
  return words
}

/** Two credits, 5 and 7 units, and what the sequencer makes of them: 12 and nothing. */
function parcels(leaves: Uint32Array): { sent: Parcel; forged: Parcel } {
  const [a, b] = [readOutgoing(leaves, 0), readOutgoing(leaves, 1)]
  const both = [
    { ...a, amount: 12n, total: 12n },
    { ...b, amount: 0n },
  ].map(encodeOutgoing)
  const bytes = Uint8Array.from(both.flatMap((leaf) => [...leaf]))
  const of = { shard: SOURCE, number: 1 }
  return { sent: { ...of, leaves }, forged: { ...of, leaves: new Uint32Array(bytes.buffer) } }
}

function lyingWorld(isLying: boolean) {
  const world = new LyingWorld(2, COHORT_SIZE + 8)
  const pay = (from: number, amount: bigint) => ({ from, to: COHORT_SIZE + from, amount })
  const source = world.make({ transfers: [pay(1, 5n), pay(2, 7n)] }, SOURCE)
  world.order(world.sign(source.claim))
  world.step({ timestampMs: START + (ROLLUP_CHALLENGE_SECONDS + 1) * SECOND })
  const { sent, forged } = parcels(source.executed.outbox[0]?.leaves as Uint32Array)
  const shard = world.shards[LIAR] as (typeof world.shards)[number]
  const root = standingAt(world.headOf(LIAR), LIAR)
  const table = copyOf(shard)
  const paths = [...Array(8).keys()].map((slot) => ({
    record: bytesToHex(table.recordOf(slot)),
    path: shard.pages.proof(slot, hashPairsNoble),
  }))
  const batch = world.make({ parcels: [isLying ? forged : sent] }, LIAR)
  const claim = world.sign(batch.claim)
  world.order(claim)
  const arrived = {
    place: { shard: LIAR, shards: 2 },
    parcels: [[sent]],
    parcel: (from: number, number: number) =>
      findParcel(world.wordsOf(ROLLUP_ADDRESS), { source: from, destination: LIAR }, number)
        ?.parcel,
  }
  const published = publishedCase({ root, table }, [batch], [claim], shard, arrived)
  return { world, published, sent, claim, paths }
}

test('a false credit is proved from a header, freezes the shard, and nobody gains or loses', () => {
  const { world, published, sent, claim, paths } = lyingWorld(true)
  const exit = { from: COHORT_SIZE + 1, to: EXIT_INDEX, amount: 1012n }
  world.order(world.sign(world.make({ transfers: [exit] }, LIAR).claim))
  assert.is(world.headOf(LIAR).number, 2)

  const { bytes, kind } = challengeOf(published)
  assert.is(kind, 'ARITHMETIC')
  const words = provenWords(world)
  const timestamp = Math.floor(START / SECOND) + ROLLUP_CHALLENGE_SECONDS + 2
  const when = { genesisHash: world.genesis.block.hash, timestamp }
  const judged = judgeChallenge(words, bytes, when)
  const { number, epoch, sequencer } = claim
  assert.equal(typeof judged === 'string' ? judged : judged.verdict, {
    ...{ ok: true, kind, number, epoch, sequencer },
  })
  assert.ok(words.asked > 5)

  const liar = world.rules.set.validators[sequencer]?.address as Hex
  const before = world.balance(bob.address)
  assert.ok(world.send(bob, calls.encodeChallengeCall(bytes), ROLLUP_CHALLENGE_BOND_WEI))
  assert.ok(world.balance(bob.address) > before)
  assert.is(loadPool(world.wordsOf(STAKING_ADDRESS), liar).tokens, STAKE - STAKE / 20n)
  assert.equal([world.headOf(LIAR).number, world.headOf(LIAR).frozen], [0, true])
  assert.not(world.headOf(SOURCE).frozen)

  // Credits go where they were sent to, each account leaves with what it had, the source goes on.
  const tree = new MerkleTree(hashPairsNoble)
  outgoingRoot(sent.leaves, tree)
  const settled = START + (2 * ROLLUP_CHALLENGE_SECONDS + 5) * SECOND
  const owned = world.balance(ann.address)
  for (const position of [0, 1]) {
    const leaf = readOutgoing(sent.leaves, position)
    const credit = { source: SOURCE, number: 1, position, leaf, proof: tree.proof(position) }
    assert.ok(world.send(bob, calls.encodeRefundParcel(credit), 0n, settled))
    assert.not(world.send(bob, calls.encodeRefundParcel(credit), 0n, settled))
  }
  assert.is(world.balance(ann.address) - owned, 12n * UNIT)
  for (const [slot, { record, path }] of paths.entries()) {
    const data = calls.encodeExitFrozen(COHORT_SIZE + slot, record, path)
    assert.ok(world.send(bob, data, 0n, settled), `${slot}`)
  }
  assert.is(world.balance(ann.address) - owned, 8012n * UNIT)
  world.order(world.sign(world.make({ transfers: [{ from: 3, to: 4, amount: 1n }] }, SOURCE).claim))
  assert.is(world.balance(ROLLUP_ADDRESS), world.headOf(SOURCE).supply * UNIT)
  assert.is(world.headOf(SOURCE).supply, BigInt(COHORT_SIZE) * 1000n - 12n)
})

test('of one that pays out what it was sent nothing can be proved', () => {
  const { world, published } = lyingWorld(false)
  assert.throws(() => challengeOf(published), /nothing is false/)
  assert.is(world.shards[LIAR]?.table.balanceOf(1), 1005n)
  assert.is(world.shards[LIAR]?.table.balanceOf(2), 1007n)
})

test.run()

// What a shard executes of several claims on one parent, and what it offers to a block.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClaimLine } from '../../../actors/shard/claim-line.ts'
import type { HeldBatch } from '../../../actors/shard/held-batch.ts'
import { LineKeeper } from '../../../actors/shard/line-keeper.ts'
import type { Hex } from '../../../lib/hex.ts'
import { account, rulesOf, validatorSet } from '../../protocol/rollup/rollup-world.ts'

const RULES = rulesOf(validatorSet(4))
const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const HEAD = { number: 3, hash: hashOf(3) }
const WANTED = {
  head: HEAD.hash,
  max: 8,
  timestampMs: 10_000,
  generation: 0,
  closing: false,
  sequencer: account(1),
  headMs: 0,
}

function heldBatch(hash: Hex, sequencer: number): HeldBatch {
  const place = { number: HEAD.number + 1, parent: HEAD.hash, sequencer, epoch: RULES.epoch }
  const batch = { hash, claim: { ...place, transfers: 1 }, encoded: Uint8Array.of(sequencer) }
  return { ...batch, isSigned: true, stragglers: 'good', sinceMs: 0 } as unknown as HeldBatch
}

/** A keeper of a line whose claims hold, but those that wait for what is not here. */
function keeperOf(
  committee: { isMember: boolean },
  isWaiting: (one: HeldBatch) => boolean,
  isFalse = false,
) {
  const line = new ClaimLine({ undo: () => {} } as never, HEAD)
  const attested: Hex[] = []
  const undoTo = (depth: number) => line.undoTo(depth)
  const execute = (held: HeldBatch) => {
    if (isWaiting(held)) return 'wait'
    if (isFalse) {
      held.verdict = 'BAD_CLAIM'
      return 'bad'
    }
    Object.assign(held, { verdict: '', isStored: true })
    line.push({ held, undo: {} as never })
    return 'done'
  }
  const switchTo = (held: HeldBatch) => {
    undoTo(0)
    return held.verdict ? 'bad' : execute(held)
  }
  const doubted = new Set<Hex>()
  const doubt = (held: HeldBatch) => {
    if (doubted.has(held.hash)) return false
    doubted.add(held.hash)
    held.verdict = undefined
    return true
  }
  const parts = {
    line,
    executor: { execute, switchTo, undoTo, doubt, clear: () => undoTo(0) },
    drafts: {},
    peers: {},
    committee: {
      ...committee,
      attest: ({ hash }: HeldBatch) => attested.push(hash),
      // All of them have their certificates.
      allows: () => true,
      certificateOf: () => Uint8Array.of(1),
      retell: () => {},
      rivals: () => [...line.batches()].filter(({ hash }) => !attested.includes(hash)),
    },
  }
  const context = { now: () => 0, after: () => {}, reached: () => {}, tell: () => {} }
  const nothing = () => {}
  const props = { shard: 0, node: 'v0' }
  const keeper = new LineKeeper(
    context as never,
    props as never,
    parts as never,
    nothing,
    nothing,
    nothing,
  )
  keeper.rules = RULES
  return { keeper, line, attested }
}

test('a claim that waits for what never comes does not keep a member from another', () => {
  const [endless, good] = [heldBatch(hashOf(8), 2), heldBatch(hashOf(9), 1)]
  for (const isMember of [true, false]) {
    const { keeper, line, attested } = keeperOf({ isMember }, ({ hash }) => hash === endless.hash)
    line.add({ ...endless })
    line.add({ ...good })
    keeper.look()
    // Who is none waits: a block brings it to the one that is ordered.
    assert.equal(attested, isMember ? [good.hash] : [])
  }
})

test('nor from the rivals behind it', () => {
  const waiting = new Set<Hex>()
  const { keeper, line, attested } = keeperOf({ isMember: true }, ({ hash }) => waiting.has(hash))
  const [own, endless, rival] = [1, 2, 3].map((by) => heldBatch(hashOf(10 + by), by))
  line.add(own as HeldBatch)
  keeper.look()
  waiting.add(hashOf(12))
  line.add(endless as HeldBatch)
  line.add(rival as HeldBatch)
  keeper.retell()
  assert.ok(attested.includes(hashOf(13)))
  assert.is(line.tip.hash, hashOf(13))
})

test('what follows a false final claim is offered to no block', () => {
  const { keeper, line } = keeperOf({ isMember: false }, () => true)
  line.add(heldBatch(hashOf(9), 1))
  assert.is(keeper.ready(WANTED).claims.length, 1)
  keeper.pause()
  assert.equal(keeper.ready(WANTED), { claims: [], certificates: [] })
})

test('what is final is executed once more before it is called false', () => {
  const order = { height: 9, blockHash: hashOf(1), timestampMs: 0, sequencer: 1 }
  for (const isFalse of [false, true]) {
    const { keeper, line } = keeperOf({ isMember: false }, () => false, isFalse)
    const disputed: Hex[] = []
    keeper.disputed = ({ hash }) => disputed.push(hash)
    const batch = heldBatch(hashOf(9), 1)
    batch.verdict = 'NO_SPEND_KEY'
    line.add(batch)
    keeper.order([{ ...order, number: HEAD.number + 1, hash: batch.hash }])
    assert.equal([line.final.number, disputed], isFalse ? [3, [batch.hash]] : [4, []])
  }
})

test.run()

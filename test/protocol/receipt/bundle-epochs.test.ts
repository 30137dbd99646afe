// Receipts that were settled long after the genesis, by other validators in another mode: their
// bundles lead there from whatever the reader trusts.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { type Block, encodeBlock } from '../../../protocol/block/block.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import type { LightCheckpoint } from '../../../protocol/light/light-checkpoint.ts'
import { type Bundle, encodeBundle } from '../../../protocol/receipt/bundle.ts'
import { verifyBundle } from '../../../protocol/receipt/verify-bundle.ts'
import type { CheckpointSource } from '../../../sdk/light/find-path.ts'
import { collectBundle } from '../../../sdk/receipts/collect-bundle.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { genesisJson } from '../chain-world.ts'
import { type EpochPlan, LightWorld, type Member } from '../light/light-world.ts'
import { output, settlement } from './bundle-fixture.ts'

const authority = (id: number, stake = 10n): Member => ({ id, stake, authority: true })
const FIRST = [0, 1, 2, 3].map((id) => authority(id))
const GROWN: Member[] = [...FIRST, { id: 9, stake: 30n, authority: false }]
const fast = { mode: 0, members: FIRST } as const
const PLANS: EpochPlan[] = [fast, fast, fast, fast, { mode: 1, members: FIRST }]
PLANS.push({ mode: 1, members: GROWN }, { mode: 2, members: GROWN }, { mode: 2, members: GROWN })
const SETTLED_IN = 6
const { receipt, settleTx, transactions, receipts } = settlement()

/** Collects the bundle of a settlement in the first block of an epoch. */
function collect(world: LightWorld, epoch: number, checkpoint: CheckpointSource): Promise<Bundle> {
  const block = world.child(world.boundary(epoch - 1), epoch, { transactions, receipts })
  const { certificate } = world.proofOf([block])
  const stored = ({ hash, header }: Block, encoded: Uint8Array) => ({
    height: header.height,
    hash,
    block: encoded,
    receipts,
    certificate,
  })
  return collectBundle({
    receipt,
    settled: settleTx,
    settleHeight: block.header.height,
    validatorSet: world.set(0),
    genesisShare: world.shareProof,
    checkpoint,
    bls: blsNative,
    block: async (height) => {
      const found = height === 0 ? world.genesis : block
      return stored(found, encodeBlock(found))
    },
  })
}

/** Checkpoints up to an epoch, as a node would serve them. */
const serve =
  (world: LightWorld, last = 1e9, asked: number[] = []): CheckpointSource =>
  async (epoch) => {
    asked.push(epoch)
    const at = Math.min(epoch, last)
    return at < 0 ? undefined : { epoch: at, ...world.step(at) }
  }

const world = new LightWorld(PLANS)
const trust = { bls: blsNative, secp256k1: secp256k1Noble }
const genesisTrust = { ...trust, trustedValidatorSetHash: world.rules(0).setHash }

function checkpointAt(of: LightWorld, epoch: number): LightCheckpoint {
  const { hash, header } = of.boundary(epoch - 1)
  const [rules, announced] = [of.rules(epoch), of.rules(epoch + 1)]
  return {
    chain: of.start.chain,
    epoch,
    rules,
    set: of.set(epoch),
    announced,
    announcedSet: of.set(epoch + 1),
    certified: { height: header.height, hash },
    asOfMs: 0,
  }
}

function reasonOf(bundle: Bundle, given: Parameters<typeof verifyBundle>[1] = genesisTrust) {
  const verdict = verifyBundle(encodeBundle(bundle), given)
  return verdict.valid ? 'valid' : verdict.reason
}

test('a bundle leads from the genesis to the validators of any epoch, one step a change', async () => {
  const bundle = await collect(world, SETTLED_IN, serve(world))
  const text = encodeBundle(bundle)
  assert.is(bundle.settlement.checkpoints.length, 2)
  assert.is(bundle.settlement.validator_sets.length, 2)
  const started = performance.now()
  const verdict = verifyBundle(text, genesisTrust)
  const native = performance.now() - started
  assert.ok(verdict.valid && verdict.trusted, verdict.valid ? '' : verdict.reason)
  assert.match(
    verdict.checks.at(-1)?.detail ?? '',
    /5 of 5 validators signed.*100 % of the stake.*epoch 6 SECURE/,
  )
  const again = performance.now()
  const inBrowser = verifyReceipt(text, { validatorSetHash: world.rules(0).setHash, output })
  const noble = performance.now() - again
  assert.ok(inBrowser.valid, inBrowser.reason)
  console.log(
    `bundle with 2 checkpoints, ${text.length} bytes: ${native.toFixed(1)} ms with blst, ${noble.toFixed(1)} ms with noble`,
  )
})

test('a checkpoint file anywhere on the way anchors it; one of another chain or time does not', async () => {
  const bundle = await collect(world, SETTLED_IN, serve(world))
  for (const epoch of [1, 2, 3, 4, 5, 6]) {
    assert.is(reasonOf(bundle, { ...trust, checkpoint: checkpointAt(world, epoch) }), 'valid')
  }
  const later = { ...trust, checkpoint: checkpointAt(world, 7) }
  assert.match(reasonOf(bundle, later), /does not cover the epoch/)
  const elsewhere = { ...checkpointAt(world, 3), chain: { ...world.start.chain, chainId: 7n } }
  assert.match(reasonOf(bundle, { ...trust, checkpoint: elsewhere }), /another chain/)
  // The same genesis, but validators who never were those of this chain.
  const strangers = [20, 21, 22, 23].map((id) => authority(id))
  const captured = new LightWorld([fast, fast, fast, fast, { mode: 0, members: strangers }])
  const mine = { ...checkpointAt(captured, 4), chain: world.start.chain }
  assert.match(reasonOf(bundle, { ...trust, checkpoint: mine }), /not under your checkpoint/)
})

test('announced rules serve while the last checkpoint is not certified, and nothing before', async () => {
  const bundle = await collect(world, SETTLED_IN, serve(world, SETTLED_IN - 2))
  assert.is(reasonOf(bundle), 'valid')
  const early = await collect(world, SETTLED_IN, serve(world, SETTLED_IN - 3)).then(
    () => '',
    (error: Error) => `${error.name} ${error.message}`,
  )
  assert.match(early, /RangeError epoch 6 is not certified yet/)
  // A receipt of the genesis's two epochs needs no checkpoint at all.
  assert.is((await collect(world, 1, async () => undefined)).settlement.checkpoints.length, 0)
})

test('lies about the way are found out', async () => {
  const bundle = await collect(world, SETTLED_IN, serve(world))
  const changed = (over: Partial<Bundle['settlement']>) =>
    reasonOf({ ...bundle, settlement: { ...bundle.settlement, ...over } })
  const { checkpoints, validator_sets: sets } = bundle.settlement
  assert.match(changed({ checkpoints: checkpoints.slice(1) }), /UNTRUSTED_SET|not needed/)
  // The first announces the rules of the epoch already.
  assert.is(changed({ checkpoints: checkpoints.slice(0, 1) }), 'valid')
  assert.match(changed({ checkpoints: [], validator_sets: sets.slice(0, 1) }), /UNCERTIFIED_EPOCH/)
  assert.match(changed({ checkpoints: [...checkpoints].reverse() }), /UNTRUSTED_SET/)
  assert.match(changed({ validator_sets: sets.slice(0, 1) }), /MISSING_SET/)
  assert.match(changed({ validator_sets: [...sets].reverse() }), /genesis does not name/)
  assert.match(changed({ begins: 'checkpoint' }), /does not reach back to the genesis/)
  const certificate = bytesToHex(world.step(5, [0, 1, 2]).certificate)
  const few = checkpoints.map((one, i) => (i === 1 ? { ...one, certificate } : one))
  assert.match(changed({ checkpoints: few }), /NO_QUORUM|WRONG_CHECKPOINT/)
})

test('any changed byte makes it invalid, in the checkpoints as anywhere', async () => {
  const text = encodeBundle(await collect(world, SETTLED_IN, serve(world)))
  const from = text.indexOf('"settlement"')
  for (let at = from; at < text.length; at += 9) {
    const digit = text[at] as string
    const other = digit === '3' ? '4' : '3'
    const altered = text.slice(0, at) + other + text.slice(at + 1)
    const verdict = verifyBundle(altered, at % 2 ? genesisTrust : trust)
    assert.not.ok(verdict.valid, `position ${at}: ${text.slice(at - 20, at + 20)}`)
    assert.ok(!verdict.valid && verdict.reason.length > 5)
  }
})

test('validators that change all the time: the file begins with a checkpoint', async () => {
  const plans: EpochPlan[] = [fast, fast]
  for (let epoch = 2; epoch < 140; epoch++) {
    plans.push({ mode: 0, members: FIRST.map(({ id }) => authority(id, BigInt(10 + epoch))) })
  }
  const busy = new LightWorld(plans)
  const bundle = await collect(busy, 139, serve(busy))
  assert.is(bundle.settlement.begins, 'checkpoint')
  assert.is(bundle.settlement.checkpoints.length, 64)
  const hash = { ...trust, trustedValidatorSetHash: busy.rules(0).setHash }
  assert.match(reasonOf(bundle, hash), /does not reach back to the genesis/)
  assert.is(reasonOf(bundle, { ...trust, checkpoint: checkpointAt(busy, 100) }), 'valid')
  assert.match(reasonOf(bundle, { ...trust, checkpoint: checkpointAt(busy, 5) }), /UNTRUSTED_SET/)
})

test('a certificate of 21 signers', () => {
  const members = Array.from({ length: 21 }, (_, id) => authority(id))
  const large = new LightWorld([
    { mode: 0, members },
    { mode: 0, members },
  ])
  const keys = large.set(0).validators.map(({ blsPublicKey }) => hexToBytes(blsPublicKey))
  const digest = new Uint8Array(32).fill(7)
  const signatures = keys.map((_, id) => blsNative.sign(new Uint8Array(32).fill(id + 1), digest))
  const signature = blsNative.aggregate(signatures)
  const times = [blsNative, blsNoble].map((bls) => {
    assert.ok(bls.verifyAggregate(keys, digest, signature))
    const runs = 5
    const started = performance.now()
    for (let i = 0; i < runs; i++) bls.verifyAggregate(keys, digest, signature)
    return ((performance.now() - started) / runs).toFixed(2)
  })
  console.log(`certificate of 21 signers: ${times[0]} ms with blst, ${times[1]} ms with noble`)
})

test('before the first checkpoint of BALANCED the file proves which share of stake it needs', async () => {
  const plan = { mode: 1, members: GROWN } as const
  const halved = { ...genesisJson(), params: { balancedStake: [1, 2] } }
  const half = new LightWorld([plan, plan], makeGenesis(readGenesis(halved, blsNoble)))
  const third = new LightWorld([plan, plan])
  const given = { ...trust, trustedValidatorSetHash: half.rules(0).setHash }
  const none: CheckpointSource = async () => undefined
  const bundle = await collect(half, 1, none)
  assert.ok(bundle.settlement.genesis_share)
  assert.is(reasonOf(bundle, given), 'valid')
  const { genesis_share, ...without } = bundle.settlement
  const needed = /the share of stake that BALANCED needs is missing, or not needed/
  assert.match(reasonOf({ ...bundle, settlement: without }, given), needed)
  const other = await collect(third, 1, none)
  assert.is(reasonOf(other, given), 'valid')
  const swapped = { ...without, genesis_share: other.settlement.genesis_share as never }
  assert.match(reasonOf({ ...bundle, settlement: swapped }, given), /genesis_share: /)
  // FAST asks for no stake, and later rules are those of checkpoints: nothing of it is in the file.
  for (const epoch of [1, SETTLED_IN]) {
    const plain = await collect(world, epoch, epoch === 1 ? none : serve(world))
    assert.not.ok('genesis_share' in plain.settlement)
    const more = { ...plain.settlement, genesis_share: genesis_share as never }
    assert.match(reasonOf({ ...plain, settlement: more }), needed)
  }
})

test.run()

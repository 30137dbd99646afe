// Money at the end of blocks: every wei is accounted for, fees and rewards go where governance
// says, and a total that is wrong stops whoever notices.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import { FINALIZE, voteDigest } from '../../../protocol/consensus/vote.ts'
import { epochWords } from '../../../protocol/epoch/epoch-storage.ts'
import { addSupply, assertSupply, loadSupply } from '../../../protocol/epoch/supply.ts'
import { systemState } from '../../../protocol/execution/system-state.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import type { GenesisParameters } from '../../../protocol/governance/genesis-governance.ts'
import {
  EPOCH_ADDRESS,
  MARKET_ADDRESS,
  STAKING_ADDRESS,
  TREASURY_ADDRESS,
} from '../../../protocol/params.ts'
import { encodeEvidence, makeEvidence } from '../../../protocol/staking/evidence.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'
import { readAccount } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { simBls } from '../../sim/sim-crypto.ts'
import { sign, WALLETS, type Wallet, wallet } from '../chain-world.ts'
import { EpochWorld, keyOf, STAKE, specOf } from './epoch-world.ts'

const [ann, ben] = WALLETS as [Wallet, Wallet]

function worldWith(governance: GenesisParameters): EpochWorld {
  const params = { ...GENESIS_PARAMS_DEFAULT, modePolicy: 1, epochBlocks: [6, 6, 6], governance }
  return new EpochWorld(specOf({ params: params as never }))
}

const balance = (world: EpochWorld, address: Hex) => readAccount(world.tree, address).balance

/** Of every account that these tests touch. */
function allBalances(world: EpochWorld): bigint[] {
  const modules = [EPOCH_ADDRESS, MARKET_ADDRESS, STAKING_ADDRESS, TREASURY_ADDRESS]
  const validators = world.genesis.rules.set.validators.map(({ address }) => address)
  const people = [...WALLETS.map(({ address }) => address), wallet(7777).address]
  return [...modules, ...validators, ...people].map((address) => balance(world, address))
}

const pay = (nonce: number) => sign(ann, { nonce, to: ben.address, value: 5n })

test('the state’s own total is the sum of all balances, over minting and burning', () => {
  const reward = 10n ** 15n
  const world = worldWith({
    block_reward_wei: reward,
    fee_burn_bp: 3000n,
    fee_treasury_bp: 2000n,
  })
  const start = loadSupply(world.words)
  assert.equal([start.minted, start.burned], [0n, 0n])
  let burned = 0n
  for (let i = 0; i < 15; i++) {
    const { header } = world.step({ sent: [pay(i)] })
    burned += (21_000n * header.baseFeePerGas * 3000n) / 10_000n
    assertSupply(world.words, allBalances(world))
  }
  const end = loadSupply(world.words)
  assert.equal([end.minted, end.burned], [15n * reward, burned])
  assert.is(end.total, start.total + 15n * reward - burned)
  assert.is(balance(world, EPOCH_ADDRESS), 0n)
  const bonds = 4n * STAKE
  assert.ok(balance(world, STAKING_ADDRESS) > bonds + 15n * reward)
})

test('a wrong total throws', () => {
  const world = new EpochWorld()
  assert.throws(() => assertSupply(world.words, [...allBalances(world), 1n]), /add up to/)
  const overlay = new Overlay(treeView(world.tree))
  overlay.mint(ann.address, 7n)
  overlay.burn(ben.address, 2n)
  const undone = overlay.checkpoint()
  overlay.mint(ann.address, 100n)
  overlay.rollback(undone)
  addSupply(systemState(overlay, EPOCH_ADDRESS), overlay.minted, overlay.burned)
  assert.is(
    loadSupply(systemState(overlay, EPOCH_ADDRESS)).total,
    5n + loadSupply(world.words).total,
  )
  overlay.changes()
  // Somebody who moves money past the journal.
  const broken = overlay as unknown as { created: bigint }
  broken.created += 1n
  assert.throws(() => overlay.changes(), /the supply changed by 5, not by 6/)
})

test('a leader’s proof of double voting costs the culprit, and proves nothing a second time', () => {
  const world = new EpochWorld()
  const culprit = world.rules.set.validators[2] as (typeof world.rules.set.validators)[0]
  const signed = (digit: string) => {
    const hash: Hex = `0x${digit.repeat(64)}`
    const digest = voteDigest(world.config.chain, FINALIZE, 0, 1, hash)
    return { kind: FINALIZE, hash, signature: simBls.sign(keyOf(2), digest) } as const
  }
  const about = { blsPublicKey: culprit.blsPublicKey, epoch: 0, view: 1 }
  const proof = makeEvidence(about, [signed('1'), signed('2')])
  assert.ok(proof)
  const evidence = [encodeEvidence(proof)]
  const before = balance(world, STAKING_ADDRESS)
  assert.throws(
    () => world.step({ sidecar: { evidence: [Uint8Array.of(1)] } }),
    /BAD_EVIDENCE MALFORMED_EVIDENCE/,
  )
  world.step({ sidecar: { evidence } })
  assert.is(balance(world, STAKING_ADDRESS), before - (STAKE * 5n) / 100n)
  const again = world.build({ sidecar: { evidence } })
  assert.equal(again.ok ? [] : [again.code, again.detail, again.item], [
    'BAD_EVIDENCE',
    'ALREADY_PUNISHED',
    0,
  ])
  assert.is(decodeSidecar(world.block.sidecar).evidence.length, 1)
  const sizes: number[] = []
  for (let epoch = 0; epoch < 4; epoch++) {
    sizes.push(world.rules.set.validators.length)
    world.epoch()
  }
  assert.equal(sizes, [4, 4, 3, 3])
  assert.is(epochWords(treeView(world.tree)).load(`0x${'0'.repeat(64)}`), 0n)
})

test.run()

// The genesis: strict reading, one hash for one content, and the development network's pinned
// hashes.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadNetwork } from '../../../config/network.ts'
import { hexToBytes } from '../../../lib/hex.ts'
import { decodeBlock, encodeBlock } from '../../../protocol/block/block.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import { depositSlot, TOTAL_DEPOSITS_SLOT } from '../../../protocol/market/market-storage.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { rollupConfigAfter } from '../../../protocol/rollup/rollup-head.ts'
import { committeeSeats, rollupWords } from '../../../protocol/rollup/rollup-storage.ts'
import { readAccount, readStorage } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { genesisJson, STAKE, WALLETS } from '../chain-world.ts'

type Json = ReturnType<typeof genesisJson>

// Possession is checked with real pairings elsewhere; here the hash of each variant matters.
const trusting = { ...blsNoble, verifyPossession: () => true }
const hashOf = (json: unknown) => makeGenesis(readGenesis(json, trusting)).block.hash

test('the block commits to everything in the file', () => {
  const base = genesisJson()
  const hash = hashOf(base)
  assert.is(hashOf(structuredClone(base)), hash)
  const variants: ((json: Json) => void)[] = [
    (json) => void Object.assign(json, { chainId: json.chainId + 1 }),
    (json) => void Object.assign(json, { timestamp: json.timestamp + 1 }),
    (json) => void Object.assign(json, { mode: 'SECURE' }),
    (json) => void Object.assign(json.accounts[0] as object, { balance: '7' }),
    (json) => void json.accounts.pop(),
    (json) => void Object.assign(json.validators[1] as object, { stake: (STAKE + 1n).toString() }),
    (json) => void json.validators.reverse(),
    (json) => void Object.assign(json.accounts[2] as object, { deposit: '5' }),
    (json) => params(json, { epochBlocks: [600, 120, 31] }),
    (json) => params(json, { modePolicy: 'cycle' }),
    (json) => params(json, { balancedStake: [1, 2] }),
    (json) => params(json, { governance: { jail_seconds: '601' } }),
  ]
  const hashes = variants.map((change) => {
    const json = structuredClone(base)
    change(json)
    return hashOf(json)
  })
  assert.is(new Set([hash, ...hashes]).size, variants.length + 1)
})

test('deposits are in the market’s own books', () => {
  const json = genesisJson()
  Object.assign(json.accounts[0] as object, { deposit: '500' })
  const { tree, block, validatorSetHash } = makeGenesis(readGenesis(json, trusting))
  const owner = WALLETS[0]?.address as `0x${string}`
  assert.is(readStorage(tree, MARKET_ADDRESS, depositSlot(owner)), 500n)
  assert.is(readStorage(tree, MARKET_ADDRESS, TOTAL_DEPOSITS_SLOT), 500n)
  assert.is(readAccount(tree, MARKET_ADDRESS).balance, 500n)
  assert.is(decodeSidecar(block.sidecar).validatorSetHash, validatorSetHash)
  assert.equal(decodeBlock(encodeBlock(block)), block)
})

const params = (json: Json, params: object) => void Object.assign(json, { params })
const lower = (json: Json, stake: bigint) =>
  void Object.assign(json.validators[1] as object, { stake: stake.toString() })

test('what is wrong is named', () => {
  const cases: [RegExp, (json: Json) => void][] = [
    [/genesis\.extra: unknown/, (json) => void Object.assign(json, { extra: 1 })],
    [/genesis\.chainId/, (json) => void Object.assign(json, { chainId: 0 })],
    [/genesis\.mode/, (json) => void Object.assign(json, { mode: 'QUICK' })],
    [/validators: expected at least one/, (json) => void Object.assign(json, { validators: [] })],
    [
      /validators\[2\]\.blsPublicKey/,
      (json) => void Object.assign(json.validators[2] as object, { blsPublicKey: '0x12' }),
    ],
    [
      /accounts\[1\]\.balance/,
      (json) => void Object.assign(json.accounts[1] as object, { balance: '1e5' }),
    ],
    [/validators\[1\]\.stake: expected at least 10000/, (json) => lower(json, STAKE - 1n)],
    [/params\.extra: unknown/, (json) => params(json, { extra: 1 })],
    [/params\.epochBlocks: expected three/, (json) => params(json, { epochBlocks: [6, 6] })],
    [
      /params\.epochBlocks\[2\]: expected between 2/,
      (json) => params(json, { epochBlocks: [6, 6, 1] }),
    ],
    [
      /rollup\.committee: expected 0, or at least 64 seats/,
      (json) => params(json, { rollup: { shards: 2, committee: 63 } }),
    ],
    [
      /rollup\.committee: expected between 0 and 1024/,
      (json) => params(json, { rollup: { shards: 2, committee: 1025 } }),
    ],
    [/params\.epochMs: expected between/, (json) => params(json, { epochMs: 5 })],
    [/params\.modePolicy: expected auto \| pinned/, (json) => params(json, { modePolicy: 'no' })],
    [/params\.governance: .*do not fit/, (json) => params(json, { balancedStake: [1, 5] })],
    [/governance\.jail: unknown/, (json) => params(json, { governance: { jail: '1' } })],
    [
      /governance: jail_seconds is 0/,
      (json) => params(json, { governance: { jail_seconds: '0' } }),
    ],
    [
      /listed twice/,
      (json) => void json.accounts.push(structuredClone(json.accounts[0] as Json['accounts'][0])),
    ],
    [
      /listed twice/,
      (json) =>
        void json.validators.push(structuredClone(json.validators[0] as Json['validators'][0])),
    ],
  ]
  for (const [message, change] of cases) {
    const json = genesisJson()
    change(json)
    assert.throws(() => readGenesis(json, trusting), message)
  }
  const stolen = genesisJson()
  const [first, second] = stolen.validators as [Json['validators'][0], Json['validators'][0]]
  first.possession = second.possession
  assert.throws(() => readGenesis(stolen, blsNoble), /validators\[0\]\.possession/)
})

test('a committee of shards is large, or of a network whose accounts have public keys', () => {
  const seatsOf = (rollup: object) => {
    const json = genesisJson()
    params(json, { rollup })
    const { tree } = makeGenesis(readGenesis(json, trusting))
    const read = rollupConfigAfter(treeView(tree)).committee
    assert.is(read ?? 0, committeeSeats(rollupWords(treeView(tree))))
    return read
  }
  const owner = WALLETS[0]?.address
  assert.is(seatsOf({ shards: 2 }), undefined)
  assert.is(seatsOf({ shards: 2, committee: 0 }), undefined)
  assert.is(seatsOf({ shards: 2, committee: 64 }), 64)
  assert.is(seatsOf({ shards: 2, committee: 3, accounts: 8, owner }), 3)
})

test('the development network has the hashes that are pinned', () => {
  const network = loadNetwork('dev')
  const genesis = makeGenesis(readGenesis(network.genesis, blsNoble))
  assert.is(genesis.block.hash, network.genesisHash)
  assert.is(genesis.validatorSetHash, network.validatorSetHash)
  assert.is(hexToBytes(genesis.block.header.extraData).length, 16)
})

test.run()

// How the rollup begins: how many shards, and for networks of development and measurement accounts
// that are there from the start, all with the same balance and one owner on the base chain. Their
// keys follow publicly from their indices (compute/crypto/genesis-keys.ts); their money is minted
// to the module.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Words } from '../modules/storage-layout.ts'
import { COHORT_SIZE, ROLLUP_UNIT_WEI } from '../params.ts'
import { depthFor } from './account-table.ts'
import { moveMoney } from './rollup-money.ts'
import { type RollupConfig, saveConfig } from './rollup-storage.ts'
import { saveRoot, saveShard } from './shard-record.ts'
import { encodeMeta, stateRootOf } from './state-root.ts'
import { zeroNode } from './zero-nodes.ts'

const NODE_BYTES = 32
/** A registered account was touched by an entry: the accounts of the genesis by this one. */
export const GENESIS_ENTRY = 1
const NOBODY: Hex = `0x${'00'.repeat(20)}`
const NO_HASH: Hex = `0x${'00'.repeat(32)}`

export const ROLLUP_CONFIG_DEFAULT: RollupConfig = {
  shards: 1,
  accounts: 0,
  balance: 0n,
  owner: NOBODY,
}

/** Accounts of the genesis in a shard: they take its first slots. */
export function genesisSlots({ shards, accounts }: RollupConfig, shard: number): number {
  const whole = Math.floor(accounts / COHORT_SIZE)
  const cohorts = Math.floor(whole / shards) + (shard < whole % shards ? 1 : 0)
  const isPart = accounts % COHORT_SIZE > 0 && whole % shards === shard
  return cohorts * COHORT_SIZE + (isPart ? accounts % COHORT_SIZE : 0)
}

/** 32 bytes: balance, nonce 0, registered, touched by the entry of the genesis. */
export function genesisRecord(balance: bigint): Uint8Array {
  const words = new Uint32Array(8)
  words[0] = Number(balance & 0xffff_ffffn)
  words[1] = Number(balance >> 32n)
  words[3] = 1
  words[4] = GENESIS_ENTRY
  return new Uint8Array(words.buffer)
}

function parent(left: Uint8Array, right: Uint8Array): Uint8Array {
  const pair = new Uint8Array(2 * NODE_BYTES)
  pair.set(left)
  pair.set(right, NODE_BYTES)
  return sha256(pair)
}

/** Root of 2^depth leaves of which the first `count` are `leaf` and the others zero. */
function uniformRoot(leaf: Uint8Array, count: number, depth: number): Uint8Array {
  // By height: a subtree full of the leaf, and the one that is full in part (or undefined).
  let full = leaf
  let part: Uint8Array | undefined
  for (let height = 0; height < depth; height++) {
    const isOdd = Math.floor(count / 2 ** height) % 2 === 1
    const right = part ?? zeroNode(height)
    if (isOdd) part = parent(full, right)
    else if (part) part = parent(part, zeroNode(height))
    full = parent(full, full)
  }
  return count === 2 ** depth ? full : (part ?? zeroNode(depth))
}

/** What the genesis of a shard is, from which its first batch goes on. */
export function genesisShard(config: RollupConfig, shard: number) {
  const slots = genesisSlots(config, shard)
  const entries = slots > 0 ? GENESIS_ENTRY : 0
  const supply = BigInt(slots) * config.balance
  const depth = depthFor(slots)
  const treeRoot = uniformRoot(genesisRecord(config.balance), slots, depth)
  const meta = encodeMeta({ depth, shard, entries, supply, inboxTo: 0 })
  return { slots, entries, supply, root: bytesToHex(stateRootOf(treeRoot, meta)) }
}

/** Returns the wei that the module's account must begin with. */
export function rollupAtGenesis(words: Words, config: RollupConfig, timestamp: number): bigint {
  saveConfig(words, config)
  let units = 0n
  for (let shard = 0; shard < config.shards; shard++) {
    const { entries, supply, root } = genesisShard(config, shard)
    units += supply
    const none = { number: 0, hash: NO_HASH, inboxTo: 0, deposited: 0n, exited: 0n }
    const point = { ...none, entries, supply }
    saveRoot(words, shard, 0, { ...point, root, statedAt: timestamp })
    saveShard(words, shard, {
      ...point,
      timestampMs: timestamp * 1000,
      sequencer: NOBODY,
      inboxCount: 0,
      inboxFrom: 0,
      firstRoot: 0,
      lastRoot: 0,
      frozen: false,
    })
  }
  moveMoney(words, { supply: units })
  return units * ROLLUP_UNIT_WEI
}

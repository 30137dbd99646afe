// How the rollup begins: how many shards, and for networks of development and measurement accounts
// that are there from the start, all with the same balance and one owner on the base chain, and
// locks of theirs. Their keys follow publicly from their indices (compute/crypto/genesis-keys.ts); their money is minted
// to the module.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Words } from '../modules/storage-layout.ts'
import { ROLLUP_UNIT_WEI } from '../params.ts'
import { depthFor } from './account-table.ts'
import { genesisAccountSlots, genesisSlots, lockOwnerAt } from './genesis-locks.ts'
import { LOCK } from './lock-record.ts'
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
  locks: 0,
  balance: 0n,
  owner: NOBODY,
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

/** 32 bytes: a free lock of this account, made by the entry of the genesis. */
export function genesisLockRecord(owner: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(0, 0, 0, LOCK, GENESIS_ENTRY, 0, 0, owner).buffer)
}

function parent(left: Uint8Array, right: Uint8Array): Uint8Array {
  const pair = new Uint8Array(2 * NODE_BYTES)
  pair.set(left)
  pair.set(right, NODE_BYTES)
  return sha256(pair)
}

/**
 * Root of 2^depth leaves: the first `count` are `leaf`, those after them up to `end` what `other`
 * says, the rest zero. Costs two hashings for each of the others.
 */
function treeRootOf(
  leaf: Uint8Array,
  count: number,
  other: (slot: number) => Uint8Array,
  end: number,
  depth: number,
): Uint8Array {
  const full = [leaf]
  for (let h = 0; h < depth; h++) full.push(parent(full[h] as Uint8Array, full[h] as Uint8Array))
  const node = (height: number, at: number): Uint8Array => {
    const [from, to] = [at * 2 ** height, (at + 1) * 2 ** height]
    if (to <= count) return full[height] as Uint8Array
    if (from >= end) return zeroNode(height)
    if (height === 0) return other(at)
    return parent(node(height - 1, 2 * at), node(height - 1, 2 * at + 1))
  }
  return node(depth, 0)
}

/** What the genesis of a shard is, from which its first batch goes on. */
export function genesisShard(config: RollupConfig, shard: number) {
  const accounts = genesisAccountSlots(config, shard)
  const slots = genesisSlots(config, shard)
  const entries = slots > 0 ? GENESIS_ENTRY : 0
  const supply = BigInt(accounts) * config.balance
  const depth = depthFor(slots)
  const lock = (slot: number) => genesisLockRecord(lockOwnerAt(config, shard, slot))
  const treeRoot = treeRootOf(genesisRecord(config.balance), accounts, lock, slots, depth)
  const meta = encodeMeta({ depth, shard, entries, supply, inboxTo: 0 })
  return { accounts, slots, entries, supply, root: bytesToHex(stateRootOf(treeRoot, meta)) }
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

// Joining a chain: by snapshot and by replay, and starting again after kill -9, on a chain of its
// own making in real LMDB stores. In one process and without a network, so these are the costs of
// the work itself: bytes over links and finality certificates come on top.
//
//   npm run bench -- sync [--blocks=200] [--accounts=5000] [--json]
//   the figures of docs: --blocks=100000 --accounts=1000000 (hours, and about 6 GiB of memory)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { finalRows, genesisRows } from '../../actors/block-builder/chain-rows.ts'
import { loadChain } from '../../actors/block-builder/load-chain.ts'
import type { Candidate } from '../../actors/block-builder/speculation.ts'
import { formerRows, undoPuts } from '../../actors/block-builder/undo-puts.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { vrfNative } from '../../compute/crypto/vrf-native.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { validateBlock } from '../../protocol/execution/validate-block.ts'
import { chainModules } from '../../protocol/genesis/chain-modules.ts'
import { genesisConfig } from '../../protocol/genesis/genesis-config.ts'
import { decodeTransaction, recoverSender } from '../../protocol/transaction/decode-transaction.ts'
import type { Put } from '../../runtime/store.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { makeSnapshot } from '../../storage/snapshot/make-snapshot.ts'
import { restoreSnapshot } from '../../storage/snapshot/restore-snapshot.ts'
import { folderSink } from '../../storage/snapshot/snapshot-folder.ts'
import { FinalChain, unsignedCertificate } from '../../test/kit/final-chain.ts'
import {
  CHAIN_ID,
  sign,
  testGenesis,
  WALLETS,
  type Wallet,
} from '../../test/protocol/chain-world.ts'

/** Blocks of one commit while a node catches up. */
const BATCH = 64
const SELF = fileURLToPath(import.meta.url)

function option(name: string, fallback: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`))
  return given ? Number(given.slice(name.length + 3)) : fallback
}

/** The process that is killed, and the one that starts after it. */
const child = process.argv.find((arg) => arg.startsWith('--load='))
if (child) {
  const [folder = '', genesisHash = ''] = child.slice('--load='.length).split(',')
  const tip = loadChain(new LmdbStore(folder), genesisHash as Hex)
  console.log(`loaded ${tip?.block.header.height}`)
  setInterval(() => {}, 1000)
} else await main()

function commit(store: LmdbStore, puts: readonly Put[]): Promise<void> {
  return new Promise((resolve, reject) =>
    store.commit(puts, (error) => (error ? reject(error) : resolve())),
  )
}

async function timed<T>(work: () => T | Promise<T>): Promise<[number, T]> {
  const started = performance.now()
  const out = await work()
  return [Math.round(performance.now() - started), out]
}

function worldOf(accounts: number) {
  const extra = Array.from({ length: Math.max(0, accounts - WALLETS.length) }, (_, i) =>
    bytesToHex(keccak(Uint8Array.of(5, i, i >> 8, i >> 16, i >> 24)).subarray(12)),
  )
  const genesis = testGenesis([...WALLETS.map(({ address }) => address), ...extra])
  const ports = { bls: blsNative, secp256k1: secp256k1Native, genesisHash: genesis.block.hash }
  const config = genesisConfig(genesis, chainModules(ports), { bls: blsNative, vrf: vrfNative })
  return { genesis, config }
}

function senders({ transactions }: Block) {
  return transactions.map((raw) => {
    const decoded = decodeTransaction(raw)
    if (!decoded.ok) throw new Error(decoded.detail)
    const sender = recoverSender(decoded.transaction, secp256k1Native)
    if (!sender) throw new Error('no sender')
    return { transaction: decoded.transaction, sender }
  })
}

async function replay(
  store: LmdbStore,
  blocks: readonly Block[],
  world: ReturnType<typeof worldOf>,
) {
  const { genesis, config } = world
  await commit(store, genesisRows(genesis))
  let tip = { block: genesis.block, tree: genesis.tree }
  for (let at = 0; at < blocks.length; at += BATCH) {
    const path: Candidate[] = []
    const before = tip
    const base = before.block.header.height
    for (const block of blocks.slice(at, at + BATCH)) {
      const { hash, header } = tip.block
      const checked = validateBlock(config, { hash, header }, tip.tree, block, senders(block))
      if (!checked.ok) throw new Error(checked.code)
      const { executed } = checked
      tip = { block, tree: executed.tree }
      path.push({ block, executed, tree: executed.tree })
    }
    const rows = finalRows(path, { finalAtMs: 1, certificate: unsignedCertificate(tip.block) })
    await commit(store, [
      ...rows,
      ...undoPuts(store, base, base + path.length, formerRows(before.tree, path)),
    ])
  }
}

/** Milliseconds from starting a process to its chain being loaded; it is killed then. */
async function start(folder: string, genesisHash: Hex): Promise<number> {
  const started = performance.now()
  const args = ['--import', 'tsx', SELF, `--load=${folder},${genesisHash}`]
  const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: process_.stdout }), 'line')
  if (!String(line).startsWith('loaded')) throw new Error(String(line))
  const ms = Math.round(performance.now() - started)
  process_.kill('SIGKILL')
  await once(process_, 'exit')
  return ms
}

async function main(): Promise<void> {
  const wanted = { blocks: option('blocks', 200), accounts: option('accounts', 5000) }
  const root = mkdtempSync(join(tmpdir(), 'aitbc-bench-sync-'))
  const say = (text: string) => console.error(text)
  try {
    const world = worldOf(wanted.accounts)
    const { genesis, config } = world
    const source = join(root, 'source')
    const store = new LmdbStore(source)
    const blocks: Block[] = []
    const [makeMs] = await timed(() => {
      const chain = new FinalChain(store, { genesis, config, vrf: vrfNative })
      const wallet = WALLETS[0] as Wallet
      for (let nonce = 0; nonce < wanted.blocks; nonce++) {
        blocks.push(chain.add([sign(wallet, { nonce, maxFeePerGas: 10n ** 11n })]))
      }
    })
    say(`chain of ${wanted.blocks} blocks and ${wanted.accounts} accounts made in ${makeMs} ms`)
    const genesisHash = genesis.block.hash
    const folder = join(root, 'snapshot')
    const [snapshotMs, made] = await timed(() =>
      makeSnapshot({ store, chainId: CHAIN_ID, genesisHash }, wanted.blocks, folderSink(folder)),
    )
    await store.close()
    const header = (blocks.at(-1) as Block).header
    const trust = {
      chainId: CHAIN_ID,
      genesisHash,
      trustedHash: made.hash,
      nowMs: header.timestamp * 1000,
    }
    const joined = new LmdbStore(join(root, 'joined'))
    const [restoreMs] = await timed(async () => {
      const target = () => ({ store: joined, genesis: genesis.block })
      const restored = await restoreSnapshot(folder, trust, target)
      if (!restored.ok) throw new Error(restored.code)
    })
    const [loadMs] = await timed(() => loadChain(joined, genesisHash))
    await joined.close()
    const replayed = new LmdbStore(join(root, 'replayed'))
    const [replayMs] = await timed(() => replay(replayed, blocks, world))
    await replayed.close()
    const restarts: number[] = []
    for (let i = 0; i < 3; i++) restarts.push(await start(source, genesisHash))
    const row = {
      ...wanted,
      slots: made.slots,
      snapshot_bytes: made.bytes,
      chain_bytes: statSync(join(source, 'data.mdb')).size,
      make_snapshot_ms: snapshotMs,
      join_by_snapshot_ms: restoreMs + loadMs,
      of_which_start_ms: loadMs,
      join_by_replay_ms: replayMs,
      restart_after_kill_ms: Math.min(...restarts),
    }
    if (process.argv.includes('--json')) console.log(JSON.stringify({ rows: [row] }))
    else for (const [name, value] of Object.entries(row)) console.log(`${name.padEnd(24)} ${value}`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

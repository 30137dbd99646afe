// aitbc verify-db, prune and compact on a real LMDB folder: what is broken is named by its row, and
// a file that was compacted is smaller and the same.

import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chainSetup } from '../../../apps/node/chain-setup.ts'
import { devVrfKey } from '../../../apps/node/dev-validator-key.ts'
import { networkMark } from '../../../apps/node/pin-network.ts'
import { storeFolder } from '../../../apps/node/store-folder.ts'
import { vrfNative } from '../../../compute/crypto/vrf-native.ts'
import { loadNetwork } from '../../../config/network.ts'
import { u64 } from '../../../lib/bytes.ts'
import { hexToBytes } from '../../../lib/hex.ts'
import { CHAIN_TABLES } from '../../../protocol/state/tables.ts'
import type { Put } from '../../../runtime/store.ts'
import { openDataDirectory } from '../../../storage/lmdb/data-directory.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { runCommand } from '../../kit/cli.ts'
import { FinalChain } from '../../kit/final-chain.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-chain-tools-'))
const network = loadNetwork('dev')
const { genesis, config } = chainSetup(network)
const chainFolder = storeFolder(join(folder, 'data'), 'node0', 'chain')
/** 61 s between blocks: every one ends an epoch. */
const AFTER_MS = 61_000
const BLOCKS = 40

async function withStore<T>(work: (store: LmdbStore) => T): Promise<T> {
  const store = new LmdbStore(chainFolder)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

function put(store: LmdbStore, puts: readonly Put[]): Promise<void> {
  return new Promise((resolve, reject) =>
    store.commit(puts, (error) => (error ? reject(error) : resolve())),
  )
}

const aitbc = (...args: string[]) => runCommand(folder, [...args, '--data', 'data', '--json'])

test('a chain is verified, pruned, compacted, and verified again', async () => {
  await withStore((store) => {
    const chain = new FinalChain(store, { genesis, config, vrf: vrfNative, vrfSecret: devVrfKey })
    for (let i = 0; i < BLOCKS; i++) chain.add([], AFTER_MS)
  })
  const whole = await aitbc('verify-db')
  assert.is(whole.status, 0, whole.err)
  const [found] = JSON.parse(whole.out).nodes
  assert.is(found.final, BLOCKS)
  assert.is(found.blocks, BLOCKS + 1)
  // Room to give back: rows that were there once.
  const junk = Array.from({ length: 200 }, (_, i) => ({ table: 'sync', key: u64(i) }))
  await withStore(async (store) => {
    await put(
      store,
      junk.map((row) => ({ ...row, value: new Uint8Array(10_000) })),
    )
    await put(
      store,
      junk.map((row) => ({ ...row, value: undefined })),
    )
  })
  const pruned = await aitbc('prune', '--keep-epochs', '22')
  assert.is(pruned.status, 0, pruned.err)
  const { oldest, rows } = JSON.parse(pruned.out)
  assert.is(oldest, BLOCKS - 21)
  assert.ok(rows >= 4 * (oldest - 1))
  const before = statSync(join(chainFolder, 'data.mdb')).size
  const compacted = await aitbc('compact')
  assert.is(compacted.status, 0, compacted.err)
  const [file] = JSON.parse(compacted.out).compacted
  const after = statSync(join(chainFolder, 'data.mdb')).size
  assert.equal([file.bytesBefore, file.bytesAfter], [before, after])
  assert.ok(after < before / 2, `${before} to ${after}`)
  assert.not.ok(existsSync(`${chainFolder}.compact`))
  const again = await aitbc('verify-db', '--node', 'node0')
  assert.is(again.status, 0, again.err)
  assert.is(JSON.parse(again.out).nodes[0].oldest, oldest)
})

test('a draft of a compaction that was killed is removed by the next', async () => {
  mkdirSync(`${chainFolder}.compact`, { recursive: true })
  writeFileSync(join(`${chainFolder}.compact`, 'data.mdb'), 'half')
  assert.is((await aitbc('compact')).status, 0)
  assert.not.ok(existsSync(`${chainFolder}.compact`))
  assert.is((await aitbc('verify-db')).status, 0)
})

test('while the node runs, none of them touches it', async () => {
  const release = openDataDirectory(join(folder, 'data', 'nodes', 'node0'), networkMark(network))
  for (const args of [['verify-db'], ['compact'], ['prune', '--keep-epochs', '22']]) {
    assert.is((await aitbc(...args)).status, 3, args[0])
  }
  release()
})

test('wrong words are refused', async () => {
  assert.is((await aitbc('prune')).status, 2)
  assert.is((await aitbc('prune', '--threshold', 'much')).status, 2)
  assert.is((await aitbc('prune', '--keep-epochs', '3')).status, 2)
  assert.is((await aitbc('prune', '--threshold', '1GB', '--keep-epochs', '30')).status, 2)
})

test('the first row that is wrong is named, whatever it is', async () => {
  const { blocks, receipts, finality, heights, accounts, blooms, meta } = CHAIN_TABLES
  const height = BLOCKS - 3
  const cases: [string, string, (store: LmdbStore) => Put][] = [
    [blocks, String(height), () => ({ table: blocks, key: u64(height), value: undefined })],
    [
      blocks,
      String(height),
      (store) => {
        const value = Uint8Array.from(store.get(blocks, u64(height + 1)) ?? [])
        return { table: blocks, key: u64(height), value }
      },
    ],
    [
      receipts,
      String(height),
      () => ({ table: receipts, key: u64(height), value: Uint8Array.of(0xc1, 1) }),
    ],
    [finality, String(height), () => ({ table: finality, key: u64(height), value: undefined })],
    [
      blooms,
      String(height),
      () => ({ table: blooms, key: u64(height), value: new Uint8Array(256).fill(1) }),
    ],
    [
      heights,
      'hash',
      (store) => {
        const [row] = store.range(heights, { limit: 1 })
        return { table: heights, key: Uint8Array.from(row?.[0] ?? []), value: u64(BLOCKS + 9) }
      },
    ],
    [
      accounts,
      'root',
      () => {
        const key = hexToBytes(`0x${'77'.repeat(20)}`)
        const [row] = plainAccount
        return { table: accounts, key, value: row }
      },
    ],
    [
      blocks,
      String(BLOCKS),
      () => ({ table: meta, key: new TextEncoder().encode('final'), value: u64(BLOCKS - 1) }),
    ],
  ]
  let plainAccount: Uint8Array[] = []
  for (const [table, row, spoil] of cases) {
    const former = await withStore(async (store) => {
      plainAccount = store.range(accounts, { limit: 1 }).map(([, value]) => Uint8Array.from(value))
      const change = spoil(store)
      const before = store.get(change.table, change.key)
      const value = before && Uint8Array.from(before)
      await put(store, [change])
      return { ...change, value }
    })
    const { status, out } = await aitbc('verify-db')
    assert.is(status, 1, `${table} ${row}`)
    const said = JSON.parse(out)
    assert.is(said.ok, false)
    assert.is(said.table, table, said.why)
    if (/^\d/.test(row)) assert.is(said.row, row, said.why)
    await withStore((store) => put(store, [former]))
  }
  assert.is((await aitbc('verify-db')).status, 0)
})

test.after(() => rmSync(folder, { recursive: true, force: true }))

test.run()

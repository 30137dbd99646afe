// Snapshots: what is made can be restored and is the same state; whatever is changed in one is
// refused, by the chunk that is at fault, before anything is written.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadChain } from '../../../actors/block-builder/load-chain.ts'
import { SNAPSHOT_CHUNK_BYTES_MAX } from '../../../config/limits.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { runToEnd } from '../../../lib/run-to-end.ts'
import { encodeCall } from '../../../protocol/abi/function.ts'
import { keccak, keccakHex } from '../../../protocol/crypto/keccak.ts'
import { DEPOSIT } from '../../../protocol/market/market-abi.ts'
import { MARKET_ADDRESS, WEAK_SUBJECTIVITY_MS } from '../../../protocol/params.ts'
import { ChunkWriter } from '../../../protocol/snapshot/chunk-writer.ts'
import {
  decodeManifest,
  encodeManifest,
  type SnapshotManifest,
} from '../../../protocol/snapshot/snapshot-manifest.ts'
import type { SnapshotTrust } from '../../../protocol/snapshot/trust-snapshot.ts'
import { stateRoot } from '../../../protocol/state/state-tree.ts'
import { CHAIN_TABLES, META_FINAL } from '../../../protocol/state/tables.ts'
import type { Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { makeSnapshot } from '../../../storage/snapshot/make-snapshot.ts'
import { restoreSnapshot } from '../../../storage/snapshot/restore-snapshot.ts'
import { chunkFile, folderSink } from '../../../storage/snapshot/snapshot-folder.ts'
import { FinalChain } from '../../kit/final-chain.ts'
import { CHAIN_ID, sign, testGenesis, WALLETS, type Wallet } from '../../protocol/chain-world.ts'

const root = mkdtempSync(join(tmpdir(), 'aitbc-snapshot-'))
let count = 0
const fresh = () => join(root, String(count++))

const [ann, ben] = WALLETS as [Wallet, Wallet]
const many = [...WALLETS.map(({ address }) => address), ...addresses(150)]
const genesis = testGenesis(many)

function addresses(amount: number): Hex[] {
  return Array.from({ length: amount }, (_, i) =>
    bytesToHex(keccak(Uint8Array.of(i, i >> 8)).subarray(12)),
  )
}

function busyChain(): FinalChain {
  const chain = new FinalChain(new MemoryStore(), { genesis })
  const deposit = encodeCall(DEPOSIT, [])
  for (const [i, from] of WALLETS.entries()) {
    const call = { nonce: 0, to: MARKET_ADDRESS, value: 7n + BigInt(i), data: deposit }
    chain.add([sign(from, { ...call, gasLimit: 200_000 })])
  }
  chain.add([sign(ann, { nonce: 1, to: ben.address, value: 3n })])
  return chain
}

const chain = busyChain()
const { block } = chain.tip
const CHUNK_BYTES = 1500

function made(chunkBytes = CHUNK_BYTES): { folder: string; manifest: SnapshotManifest } {
  const folder = fresh()
  const source = { store: chain.store, chainId: CHAIN_ID, genesisHash: genesis.block.hash }
  makeSnapshot(source, block.header.height, folderSink(folder), { chunkBytes })
  const manifest = decodeManifest(readFileSync(join(folder, 'manifest')))
  if (typeof manifest === 'string') throw new Error(manifest)
  return { folder, manifest }
}

const trust: SnapshotTrust = {
  chainId: CHAIN_ID,
  genesisHash: genesis.block.hash,
  trustedHash: block.hash,
  nowMs: block.header.timestamp * 1000 + 5000,
}

async function restore(folder: string, more: Partial<SnapshotTrust> = {}) {
  const store = new MemoryStore()
  const target = () => ({ store, genesis: genesis.block })
  const verdict = await restoreSnapshot(folder, { ...trust, ...more }, target)
  if (!verdict.ok) assert.is(store.get(CHAIN_TABLES.meta, META_FINAL), undefined)
  return { store, verdict }
}

function hexRows(store: Store, table: string): string[] {
  const rows = store.range(table, { limit: 10_000 })
  return rows.map(([key, value]) => bytesToHex(key) + bytesToHex(value))
}

/** The code and chunk of the refusal; nothing may have been written. */
async function refusal(folder: string, more: Partial<SnapshotTrust> = {}): Promise<string> {
  const { verdict, store } = await restore(folder, more)
  if (verdict.ok) return 'taken'
  assert.is(store.range(CHAIN_TABLES.accounts, { limit: 1 }).length, 0)
  return verdict.chunk === undefined ? verdict.code : `${verdict.code} ${verdict.chunk}`
}

test('a restored store is the chain that was written: same tip, same state, same rows', async () => {
  const { folder, manifest } = made()
  assert.ok(manifest.chunks.length > 8, `${manifest.chunks.length} chunks`)
  assert.ok(manifest.slots > WALLETS.length)
  const { store, verdict } = await restore(folder)
  assert.ok(verdict.ok)
  const tip = runToEnd(loadChain(store, genesis.block.hash))
  assert.is(tip?.block.hash, block.hash)
  assert.is(stateRoot(tip?.tree as never), block.header.stateRoot)
  for (const table of [CHAIN_TABLES.accounts, CHAIN_TABLES.storage]) {
    assert.equal(hexRows(store, table), hexRows(chain.store, table))
  }
  // Again onto the same store: refused, and nothing is lost.
  const again = restoreSnapshot(folder, trust, () => ({ store, genesis: genesis.block }))
  assert.match((await again.catch((error) => error)).message, /has a chain already/)
  assert.ok(runToEnd(loadChain(store, genesis.block.hash)))
})

test('one chunk for everything is the same state', async () => {
  const { folder, manifest } = made(SNAPSHOT_CHUNK_BYTES_MAX)
  assert.is(manifest.chunks.length, 2)
  assert.is(await refusal(folder), 'taken')
})

test('who is not trusted, old or of another chain is refused', async () => {
  const { folder } = made()
  const other: Hex = `0x${'12'.repeat(32)}`
  assert.is(await refusal(folder, { trustedHash: undefined }), 'UNTRUSTED')
  assert.is(await refusal(folder, { trustedHash: other }), 'UNTRUSTED')
  assert.is(await refusal(folder, { trustedHash: other, certified: () => false }), 'UNTRUSTED')
  assert.is(await refusal(folder, { trustedHash: other, certified: () => true }), 'taken')
  assert.is(await refusal(folder, { chainId: 1n }), 'WRONG_CHAIN')
  assert.is(await refusal(folder, { genesisHash: other }), 'WRONG_CHAIN')
  const nowMs = block.header.timestamp * 1000 + WEAK_SUBJECTIVITY_MS
  assert.is(await refusal(folder, { nowMs: nowMs - 1000 }), 'taken')
  assert.is(await refusal(folder, { nowMs: nowMs + 1000 }), 'TOO_OLD')
})

test('missing, changed, exchanged and oversized chunks are refused by their number', async () => {
  const last = (folder: string) =>
    readdirSync(folder).filter((file) => /^chunk/.test(file)).length - 1
  const cases: Record<string, (folder: string) => void> = {
    BAD_MANIFEST: (folder) => rmSync(join(folder, 'manifest')),
    'CHUNK_MISSING 3': (folder) => rmSync(join(folder, chunkFile(3))),
    'CHUNK_MISSING 0': (folder) => rmSync(join(folder, chunkFile(0))),
    'CHUNK_CHANGED 2': (folder) => {
      const [two, three] = [2, 3].map((i) => readFileSync(join(folder, chunkFile(i))))
      writeFileSync(join(folder, chunkFile(2)), three as Buffer)
      writeFileSync(join(folder, chunkFile(3)), two as Buffer)
    },
    'CHUNK_TOO_LARGE 4': (folder) =>
      writeFileSync(join(folder, chunkFile(4)), new Uint8Array(SNAPSHOT_CHUNK_BYTES_MAX + 1)),
    'CHUNK_CHANGED 5': (folder) => writeFileSync(join(folder, chunkFile(5)), new Uint8Array(0)),
  }
  for (const [code, spoil] of Object.entries(cases)) {
    const { folder } = made()
    spoil(folder)
    assert.is(await refusal(folder), code)
  }
  const { folder } = made()
  rmSync(join(folder, chunkFile(last(folder))))
  assert.match(await refusal(folder), /^CHUNK_MISSING \d+$/)
})

/** A snapshot whose manifest vouches for chunks that its maker has changed. */
function forged(
  change: (
    manifest: SnapshotManifest,
    chunks: Uint8Array[],
  ) => Partial<SnapshotManifest> | undefined,
) {
  const { folder, manifest } = made()
  const chunks = manifest.chunks.map((_, i) =>
    Uint8Array.from(readFileSync(join(folder, chunkFile(i)))),
  )
  const more = change(manifest, chunks)
  const hashes = chunks.map((bytes) => keccakHex(bytes))
  rmSync(folder, { recursive: true })
  const sink = folderSink(folder)
  for (const [i, bytes] of chunks.entries()) sink.chunk(i, bytes)
  sink.manifest(encodeManifest({ ...manifest, chunks: hashes, ...more }))
  return folder
}

test('a manifest that lies about its chunks is found out', async () => {
  assert.is(await refusal(forged((_, chunks) => void chunks.splice(2, 1))), 'CHUNK_ORDER 2')
  const twice = forged((_, chunks) => void chunks.splice(2, 0, chunks[2] as Uint8Array))
  assert.is(await refusal(twice), 'CHUNK_ORDER 3')
  const swapped = forged((_, chunks) => {
    ;[chunks[2], chunks[3]] = [chunks[3] as Uint8Array, chunks[2] as Uint8Array]
    return {}
  })
  assert.is(await refusal(swapped), 'CHUNK_ORDER 2')
  const rubbish = forged((_, chunks) => void chunks.splice(1, 1, Uint8Array.of(1, 2, 3)))
  assert.is(await refusal(rubbish), 'BAD_CHUNK 1')
  assert.is(await refusal(forged(() => ({ accounts: 1 }))), 'WRONG_COUNTS')
  const noBlock = forged((_, chunks) => void chunks.splice(0, 1, chunks[1] as Uint8Array))
  assert.is(await refusal(noBlock), 'BAD_CHUNK 0')
  const richer = forged((_, chunks) => {
    const writer = new ChunkWriter((index, bytes) => {
      chunks[index] = bytes
      chunks.length = index + 1
    })
    const words = chain.store.range(CHAIN_TABLES.storage, { limit: 100_000 })
    let plain = 0
    for (const [key, row] of chain.store.range(CHAIN_TABLES.accounts, { limit: 10_000 })) {
      const value = Uint8Array.from(row)
      const own = words.filter(([slot]) => bytesToHex(slot.subarray(0, 20)) === bytesToHex(key))
      // A digit of somebody's balance.
      if (own.length === 0 && plain++ === 7) value[5] = (value[5] as number) ^ 1
      writer.account(key, value)
      for (const [slot, word] of own) writer.slot(slot.subarray(20), word)
    }
    writer.end()
    return {}
  })
  assert.is(await refusal(richer), 'WRONG_STATE_ROOT')
  const poorer = forged((_, chunks) => {
    const writer = new ChunkWriter((index, bytes) => {
      chunks[index] = bytes
      chunks.length = index + 1
    })
    for (const [key, row] of chain.store.range(CHAIN_TABLES.accounts, { limit: 10_000 })) {
      writer.account(key, row)
    }
    writer.end()
    return { slots: 0 }
  })
  assert.match(await refusal(poorer), /^WRONG_STORAGE_ROOT \d+$/)
  const wrongCertificate = forged((manifest) => {
    const certificate = Uint8Array.from(manifest.certificate)
    certificate[10] = (certificate[10] as number) ^ 1
    return { certificate }
  })
  assert.is(await refusal(wrongCertificate), 'BAD_MANIFEST')
})

test('fuzz: no changed byte, cut or addition in any file is ever taken', async () => {
  const { folder, manifest } = made(20_000)
  const random = prng('snapshot fuzz')
  const files = ['manifest', ...manifest.chunks.map((_, i) => chunkFile(i))]
  const originals = new Map(files.map((file) => [file, readFileSync(join(folder, file))]))
  for (let round = 0; round < 100; round++) {
    const file = files[random.below(files.length)] as string
    const original = originals.get(file) as Buffer
    const bytes = Buffer.from(original)
    const how = random.below(3)
    const at = random.below(bytes.length)
    if (how === 0) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
    const changed =
      how === 0
        ? bytes
        : how === 1
          ? bytes.subarray(0, at)
          : Buffer.concat([bytes, bytes.subarray(at)])
    writeFileSync(join(folder, file), changed)
    const { verdict, store } = await restore(folder)
    // The signature in the certificate is not covered by a trusted hash, and is not used either.
    const certificateAt = original.indexOf(Buffer.alloc(96, 7))
    const isSignature = file === 'manifest' && at >= certificateAt && at < certificateAt + 96
    if (!(isSignature && how === 0)) {
      assert.not.ok(verdict.ok, `${file} ${how} at ${at}`)
      assert.is(store.range(CHAIN_TABLES.accounts, { limit: 1 }).length, 0)
    }
    writeFileSync(join(folder, file), original)
  }
  assert.is(await refusal(folder), 'taken')
})

test('manifests: arbitrary bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.type(decodeManifest(bytes), 'string')
    }),
  )
})

test.after(() => rmSync(root, { recursive: true, force: true }))

test.run()

// Where the time of a base transfer goes, part by part, in one process without a network: processor
// time (all threads, so garbage collection counts) for each transfer of full blocks, after a
// warm-up. npm run bench -- transfer-cost [--block=1000] [--blocks=20] [--accounts=2000] [--json]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finalRows } from '../../actors/block-builder/chain-rows.ts'
import { formerRows, undoPuts } from '../../actors/block-builder/undo-puts.ts'
import { Pool } from '../../actors/mempool/pool.ts'
import { MempoolMessages } from '../../actors/messages/mempool.ts'
import { JsonRpc } from '../../apps/gateway/json-rpc.ts'
import type { RpcContext } from '../../apps/gateway/method.ts'
import { METHODS } from '../../apps/gateway/method-table.ts'
import { PendingFeed } from '../../apps/gateway/pending-feed.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { vrfNative } from '../../compute/crypto/vrf-native.ts'
import { decodeBytes, encodeBytes } from '../../lib/msgpack/codec.ts'
import { decodeBlock, encodeBlock } from '../../protocol/block/block.ts'
import { orderedRoot } from '../../protocol/block/ordered-trie.ts'
import type { SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import { validateBlock } from '../../protocol/execution/validate-block.ts'
import { chainModules } from '../../protocol/genesis/chain-modules.ts'
import { genesisConfig } from '../../protocol/genesis/genesis-config.ts'
import { applyChanges, stateRoot } from '../../protocol/state/state-tree.ts'
import { decodeTransaction } from '../../protocol/transaction/decode-transaction.ts'
import { recoverSenders } from '../../protocol/transaction/recover-senders.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { FinalChain, unsignedCertificate } from '../../test/kit/final-chain.ts'
import { CHAIN_ID, testGenesis } from '../../test/protocol/chain-world.ts'
import { type BenchAccount, benchAccount } from '../harness/transfers/bench-account.ts'
import { type SignedTransfers, signTransfers } from '../harness/transfers/signed-transfers.ts'
import { CpuParts } from './cpu-parts.ts'

const BATCH = 100
const WARM_UP = 5

function option(name: string, fallback: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`))
  return given ? Number(given.slice(name.length + 3)) : fallback
}

const size = option('block', 1000)
const blocks = option('blocks', 20)
const accounts = Array.from({ length: option('accounts', 2000) }, (_, i) => benchAccount(i))
const nonces = new Uint32Array(accounts.length)
const genesis = testGenesis(accounts.map(({ address }) => address))
const ports = { bls: blsNative, secp256k1: secp256k1Native, genesisHash: genesis.block.hash }
const config = genesisConfig(genesis, chainModules(ports), { bls: blsNative, vrf: vrfNative })
const folder = mkdtempSync(join(tmpdir(), 'aitbc-transfer-cost-'))
const parts = new CpuParts()
const rpc = new JsonRpc(METHODS, (error) => {
  throw error
})
/** Takes everything: what is measured is the gateway alone. */
const context = {
  chain: {
    submit: async (raws: readonly Uint8Array[]) =>
      raws.map(() => ({ hash: genesis.block.hash, code: '', message: '' })),
  },
  pending: new PendingFeed(),
} as unknown as RpcContext

function rawOf(request: Buffer): Uint8Array {
  const [hex] = (JSON.parse(request.toString()) as { params: string[] }).params
  return new Uint8Array(Buffer.from((hex as string).slice(2), 'hex'))
}

async function ingest({ requests }: SignedTransfers): Promise<void> {
  for (let at = 0; at < requests.length; at += BATCH) {
    await rpc.answer(`[${requests.slice(at, at + BATCH).join(',')}]`, context)
  }
}

function link(raws: readonly Uint8Array[]): void {
  const { body } = MempoolMessages.verbs.Submit
  for (let at = 0; at < raws.length; at += BATCH) {
    const transactions = raws.slice(at, at + BATCH)
    decodeBytes(body, encodeBytes(body, { transactions }), 'Submit')
  }
}

function pooled(pool: Pool, sent: readonly SentTransaction[]) {
  for (const { transaction, sender } of sent) {
    const account = pool.knowsSender(sender)
      ? undefined
      : { nonce: transaction.nonce, balance: 10n ** 30n }
    const added = pool.add(transaction, sender, account, { own: true, at: 0 })
    if (!added.ok) throw new Error(added.code)
  }
  const choice = { gasLimit: 10 ** 12, baseFee: 1n, max: size, exclude: new Set<never>() }
  const best = pool.best(choice)
  pool.finalised(
    best.map(({ transaction }) => transaction.hash),
    [],
    1n,
  )
  if (best.length !== sent.length) throw new Error('the pool kept some')
}

try {
  const store = new LmdbStore(join(folder, 'chain'))
  const chain = new FinalChain(store, { genesis, config, vrf: vrfNative })
  let turn = 0
  for (let n = 0; n < WARM_UP + blocks; n++) {
    if (n === WARM_UP) parts.clear()
    const facts = { chainId: CHAIN_ID, maxFeePerGas: 10n ** 12n }
    const signed = signTransfers(accounts as BenchAccount[], nonces, turn, size, facts, 0)
    turn += size
    const raws = signed.requests.map(rawOf)
    await parts.timeAsync('gateway: JSON-RPC in batches of 100', () => ingest(signed))
    parts.time('between threads: encoded and decoded', () => link(raws))
    const decoded = parts.time('decode, hash', () => raws.map((raw) => decodeTransaction(raw)))
    const senders = parts.time('recover the sender', () => recoverSenders(raws, secp256k1Native))
    const sent = decoded.map((one, i) => {
      const sender = senders[i]
      if (!one.ok || !sender) throw new Error('no transaction')
      return { transaction: one.transaction, sender }
    })
    const pool = new Pool({ total: size, perSender: 256 })
    parts.time('pool: in, chosen, out', () => pooled(pool, sent))
    const { block: parent, tree } = chain.tip
    const block = parts.time('build, all of it', () => chain.build(sent))
    const bytes = encodeBlock(block.block)
    const copy = decodeBlock(bytes)
    const again = copy.transactions.map((raw) => Uint8Array.from(raw))
    parts.time('check: decode again', () => again.map((raw) => decodeTransaction(raw)))
    const checked = parts.time('check: execute and compare', () =>
      validateBlock(config, parent, tree, block.block, sent),
    )
    if (!checked.ok) throw new Error(checked.code)
    const { executed } = checked
    parts.time('  of which state trie and its root', () => {
      stateRoot(applyChanges(tree, executed.changes).tree)
    })
    parts.time('  of which the two lists', () => {
      orderedRoot(copy.transactions)
      orderedRoot(executed.receipts)
    })
    const { height } = parent.header
    const rows = parts.time('store: rows', () => {
      const candidate = { block: block.block, executed, tree: executed.tree }
      const finality = { finalAtMs: 1, certificate: unsignedCertificate(block.block) }
      const made = finalRows([candidate], finality)
      return [...made, ...undoPuts(store, height, height + 1, formerRows(tree, [candidate]))]
    })
    parts.time('store: commit to LMDB', () =>
      store.commit(rows, (error) => {
        if (error) throw error
      }),
    )
    chain.tip = { block: block.block, tree: executed.tree }
  }
  await store.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const rows = parts.rows(size * blocks)
if (process.argv.includes('--json')) console.log(JSON.stringify({ block: size, rows }))
else for (const { part, us } of rows) console.log(`${part.padEnd(40)} ${us.toFixed(2)} µs`)

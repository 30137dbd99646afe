// Blocks: a built block is valid everywhere, a changed byte is refused, money is conserved, every
// refusal has its code, and five hundred transfers take no time that matters.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { encodeCall } from '../../../protocol/abi/function.ts'
import { decodeBlock, encodeBlock } from '../../../protocol/block/block.ts'
import { orderedRoot, proveItem, verifyItem } from '../../../protocol/block/ordered-trie.ts'
import { decodeReceipt } from '../../../protocol/block/transaction-receipt.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import type { Secp256k1 } from '../../../protocol/crypto/signatures.ts'
import {
  executeTransactions,
  type SentTransaction,
} from '../../../protocol/execution/execute-transactions.ts'
import { validateBlock } from '../../../protocol/execution/validate-block.ts'
import { AUTHORIZE, DEPOSIT } from '../../../protocol/market/market-abi.ts'
import { MARKET_ADDRESS, STAKING_ADDRESS, TREASURY_ADDRESS } from '../../../protocol/params.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'
import { readAccount, type StateTree } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { decodeTransaction } from '../../../protocol/transaction/decode-transaction.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import type { UnsignedTransaction } from '../../../protocol/transaction/transaction.ts'
import {
  build,
  FUNDS,
  memo,
  sign,
  testConfig,
  testGenesis,
  WALLETS,
  wallet,
} from '../chain-world.ts'

const [ann, ben, cat] = WALLETS as [(typeof WALLETS)[0], (typeof WALLETS)[0], (typeof WALLETS)[0]]
const genesis = testGenesis()
type Recover = (...args: Uint8Array[]) => Uint8Array | undefined
const secp256k1 = {
  ...secp256k1Noble,
  recoverAddress: memo(secp256k1Noble.recoverAddress as Recover),
} as Secp256k1
const config = testConfig()

function mixed(): SentTransaction[] {
  const deposit = encodeCall(DEPOSIT, [])
  return [
    sign(ann, { to: ben.address, value: 5n }),
    sign(ann, { nonce: 1, type: 0, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 10n }),
    sign(ben, { to: MARKET_ADDRESS, value: 7n, data: deposit, gasLimit: 200_000 }),
    sign(cat, {
      to: MARKET_ADDRESS,
      value: 7n,
      data: Uint8Array.of(1, 2, 3, 4),
      gasLimit: 200_000,
    }),
  ]
}

function revalidate(bytes: Uint8Array) {
  try {
    const block = decodeBlock(bytes)
    const senders = recoverSenders(block.transactions, secp256k1)
    const sent: SentTransaction[] = []
    for (const [i, raw] of block.transactions.entries()) {
      const decoded = decodeTransaction(raw)
      const sender = senders[i]
      if (!decoded.ok || !sender) return { ok: false, hash: block.hash }
      sent.push({ transaction: decoded.transaction, sender })
    }
    const { ok } = validateBlock(config, genesis.block, genesis.tree, block, sent)
    return { ok, hash: block.hash }
  } catch (error) {
    assert.is((error as Error).name, 'RlpError')
    return { ok: false, hash: '' }
  }
}

test('a built block is valid, with the receipts and balances that follow', () => {
  const { block, executed } = build(genesis.block, genesis.tree, mixed())
  assert.is(executed.included.length, 4)
  assert.equal(revalidate(encodeBlock(block)), { ok: true, hash: block.hash })
  const receipts = executed.receipts.map(decodeReceipt)
  assert.equal(
    receipts.map((r) => [r.type, r.succeeded, r.logs.length]),
    [
      [2, true, 0],
      [0, true, 0],
      [2, true, 1],
      [2, false, 0],
    ],
  )
  assert.is(receipts[3]?.cumulativeGas, block.header.gasUsed)
  assert.is(readAccount(executed.tree, MARKET_ADDRESS).balance, 7n)
  const base = readAccount(executed.tree, TREASURY_ADDRESS).balance
  assert.is(base, BigInt(block.header.gasUsed) * block.header.baseFeePerGas)
  assert.ok(readAccount(executed.tree, block.header.coinbase).balance > 0n)
  // The old state is untouched.
  assert.is(readAccount(genesis.tree, ann.address).balance, FUNDS)
})

test('a receipt is proven under the header and no other place', () => {
  const { block, executed } = build(genesis.block, genesis.tree, mixed())
  const { receiptsRoot } = block.header
  const proof = proveItem(executed.receipts, 2)
  assert.equal(verifyItem(receiptsRoot, 2, proof), executed.receipts[2])
  assert.throws(() => verifyItem(receiptsRoot, 1, proof))
  assert.throws(() => verifyItem(orderedRoot([]), 2, proof))
})

test('any changed byte of a block is refused, or is a decision of consensus under a new hash', () => {
  const { block } = build(genesis.block, genesis.tree, mixed())
  const bytes = encodeBlock(block)
  const decidedFields = ['timestamp', 'extraData']
  let accepted = 0
  for (let i = 0; i < bytes.length; i++) {
    const changed = Uint8Array.from(bytes)
    changed[i] = (changed[i] as number) ^ (1 << (i % 8))
    const verdict = revalidate(changed)
    if (!verdict.ok) continue
    accepted++
    assert.is.not(verdict.hash, block.hash, `byte ${i}`)
    const { header } = decodeBlock(changed)
    const same = { ...header } as Record<string, unknown>
    for (const name of decidedFields) {
      same[name] = (block.header as unknown as Record<string, unknown>)[name]
    }
    assert.equal(same, block.header, `byte ${i}`)
  }
  // The bits of the time that still lie after the parent: nothing else is for consensus to say.
  assert.ok(accepted >= 1 && accepted < 16, `${accepted} accepted`)
})

test('every refusal has its code', () => {
  const env = {
    chainId: 1337n,
    modules: config.modules,
    height: 1,
    timestamp: 1_700_000_001,
    baseFee: 10n ** 9n,
    coinbase: cat.address,
    gasLimit: 30_000_000,
  }
  const cases: [string, Partial<UnsignedTransaction>][] = [
    ['WRONG_CHAIN', { chainId: 1n }],
    ['CREATION_UNSUPPORTED', { to: undefined }],
    ['TIP_ABOVE_FEE_CAP', { maxPriorityFeePerGas: 10n ** 12n }],
    ['GAS_LIMIT_EXCEEDED', { gasLimit: 30_000_001 }],
    ['INTRINSIC_GAS_TOO_LOW', { gasLimit: 20_999 }],
    ['INTRINSIC_GAS_TOO_LOW', { data: new Uint8Array(10).fill(1), gasLimit: 21_159 }],
    ['FLOOR_GAS_TOO_LOW', { data: new Uint8Array(10).fill(1), gasLimit: 21_399 }],
    ['NONCE_TOO_HIGH', { nonce: 1 }],
    ['FEE_CAP_TOO_LOW', { maxFeePerGas: 10n ** 9n - 1n, maxPriorityFeePerGas: 0n }],
    ['INSUFFICIENT_FUNDS', { value: FUNDS }],
  ]
  const run = (sent: readonly SentTransaction[], over = {}) =>
    executeTransactions(new Overlay(treeView(genesis.tree)), { ...env, ...over }, sent, 'fail')
  for (const [code, fields] of cases) {
    const result = run([sign(ann, fields)])
    assert.is(result.ok ? 'none' : result.code, code)
  }
  const result = run([sign(ann, {}), sign(ann, {})])
  assert.is(result.ok ? 'none' : result.code, 'NONCE_TOO_LOW')
  const full = run([sign(ann, {}), sign(ben, {})], { gasLimit: 30_000 })
  assert.is(full.ok ? 'none' : full.code, 'BLOCK_FULL')
})

const transfer = fc.record({
  from: fc.nat(WALLETS.length - 1),
  to: fc.nat(WALLETS.length + 1),
  value: fc.oneof(fc.bigInt(0n, FUNDS), fc.bigInt(0n, 1000n)),
  tip: fc.bigInt(0n, 10n ** 10n),
  call: fc.nat(3),
})

function supply(tree: StateTree): bigint {
  const others = [MARKET_ADDRESS, TREASURY_ADDRESS, STAKING_ADDRESS, wallet(7777).address]
  const validators = genesis.validatorSet.validators.map(({ address }) => address)
  const all = [...WALLETS.map(({ address }) => address), ...others, ...validators]
  return all.reduce((sum, address) => sum + readAccount(tree, address).balance, 0n)
}

test('over random blocks no wei appears or vanishes, and validators agree with proposers', () => {
  fc.assert(
    fc.property(fc.array(fc.array(transfer, { maxLength: 6 }), { maxLength: 3 }), (blocks) => {
      let parent = genesis.block
      let tree = genesis.tree
      for (const wishes of blocks) {
        const nonces = new Map<string, number>()
        const candidates = wishes.map(({ from, to, value, tip, call }) => {
          const sender = WALLETS[from] as (typeof WALLETS)[0]
          const nonce = nonces.get(sender.address) ?? readAccount(tree, sender.address).nonce
          nonces.set(sender.address, nonce + 1)
          const target =
            WALLETS[to]?.address ?? (to === WALLETS.length ? MARKET_ADDRESS : wallet(7777).address)
          const data = [
            new Uint8Array(0),
            encodeCall(DEPOSIT, []),
            encodeCall(AUTHORIZE, [ben.address, 5n]),
            Uint8Array.of(9, 9),
          ][call] as Uint8Array
          return sign(sender, {
            nonce,
            to: target,
            value,
            maxPriorityFeePerGas: tip,
            data,
            gasLimit: 150_000,
          })
        })
        const { block, executed } = build(parent, tree, candidates)
        assert.is(supply(executed.tree), supply(genesis.tree))
        assert.ok(validateBlock(config, parent, tree, block, executed.included).ok)
        parent = block
        tree = executed.tree
      }
    }),
    { numRuns: 40 },
  )
})

test('a block of 500 transfers executes and gets its roots', () => {
  const senders = Array.from({ length: 500 }, (_, i) => wallet(20_000 + i))
  const many = testGenesis(senders.map(({ address }) => address))
  const sent = senders.map((from, i) =>
    sign(from, { to: bytesToHex(hexToBytes(`0x${i.toString(16).padStart(40, '7')}`)), value: 1n }),
  )
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const before = performance.now()
    const { executed } = build(many.block, many.tree, sent, many)
    times.push(performance.now() - before)
    assert.is(executed.included.length, 500)
  }
  console.log(`  500 transfers: ${times.map((ms) => ms.toFixed(1)).join(', ')} ms`)
})

test.run()

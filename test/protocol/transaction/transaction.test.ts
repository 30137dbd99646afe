// Random transactions of all three types against viem: same encoding, same hash, same sender.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keccak256, parseTransaction, type TransactionSerializable } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import {
  decodeTransaction,
  recoverSender,
} from '../../../protocol/transaction/decode-transaction.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import type { UnsignedTransaction } from '../../../protocol/transaction/transaction.ts'

const KEY = `0x${'1f'.repeat(32)}` as const
const account = privateKeyToAccount(KEY)

const hexOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex)
const wei = fc.bigInt(0n, 2n ** 200n)
const accessList = fc.array(
  fc
    .record({ address: hexOf(20), storageKeys: fc.array(hexOf(32), { maxLength: 2 }) })
    .map((e) => ({ ...e })),
  { maxLength: 2 },
)

const unsigned = fc
  .record({
    type: fc.constantFrom(0 as const, 1 as const, 2 as const),
    chainId: fc.bigInt(1n, 2n ** 31n),
    nonce: fc.nat(),
    maxFeePerGas: wei,
    tip: wei,
    gasLimit: fc.nat(),
    to: fc.option(hexOf(20), { nil: undefined }),
    value: wei,
    data: fc.uint8Array({ maxLength: 100 }),
    accessList,
  })
  .map(({ tip, ...tx }): UnsignedTransaction => {
    const low = tip < tx.maxFeePerGas ? tip : tx.maxFeePerGas
    return {
      ...tx,
      maxPriorityFeePerGas: tx.type === 2 ? low : tx.maxFeePerGas,
      accessList: tx.type === 0 ? [] : tx.accessList,
    }
  })

function forViem(tx: UnsignedTransaction): TransactionSerializable {
  const common = {
    chainId: Number(tx.chainId),
    nonce: tx.nonce,
    gas: BigInt(tx.gasLimit),
    to: tx.to ?? null,
    value: tx.value,
    data: bytesToHex(tx.data),
  }
  const list = tx.accessList.map((entry) => ({ ...entry }))
  if (tx.type === 0) return { ...common, type: 'legacy', gasPrice: tx.maxFeePerGas }
  if (tx.type === 1) {
    return { ...common, type: 'eip2930', gasPrice: tx.maxFeePerGas, accessList: list }
  }
  const { maxFeePerGas, maxPriorityFeePerGas } = tx
  return { ...common, type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas, accessList: list }
}

test('every transaction is encoded, hashed and attributed as by viem', async () => {
  await fc.assert(
    fc.asyncProperty(unsigned, async (tx) => {
      const raw = signTransaction(tx, hexToBytes(KEY), secp256k1Noble)
      const theirs = await account.signTransaction(forViem(tx))
      assert.is(bytesToHex(raw), theirs)
      const decoded = decodeTransaction(raw)
      assert.ok(decoded.ok)
      const { hash, raw: _, signature: __, ...fields } = decoded.transaction
      assert.is(hash, keccak256(theirs))
      assert.equal(fields, tx)
      assert.is(recoverSender(decoded.transaction, secp256k1Noble), account.address.toLowerCase())
      assert.is(parseTransaction(theirs as `0x02${string}`).nonce ?? 0, tx.nonce)
    }),
    { numRuns: 60 },
  )
})

test('a changed byte is refused or names another sender', () => {
  const tx: UnsignedTransaction = {
    type: 2,
    chainId: 1337n,
    nonce: 5,
    maxFeePerGas: 10n ** 9n,
    maxPriorityFeePerGas: 1n,
    gasLimit: 21_000,
    to: `0x${'22'.repeat(20)}`,
    value: 10n,
    data: new Uint8Array(0),
    accessList: [],
  }
  const raw = signTransaction(tx, hexToBytes(KEY), secp256k1Noble)
  for (let i = 0; i < raw.length; i++) {
    const changed = Uint8Array.from(raw)
    changed[i] = (changed[i] as number) ^ 1
    const decoded = decodeTransaction(changed)
    if (!decoded.ok) continue
    assert.is.not(
      recoverSender(decoded.transaction, secp256k1Noble),
      account.address.toLowerCase(),
      `byte ${i}`,
    )
  }
})

test('unprotected and malleable transactions are refused', () => {
  const legacy = hexToBytes(
    '0xf86103018207d094b94f5374fce5edbc8e2a8697c15331677e6ebf0b0a8255441ca098ff921201554726367d2be8c804a7ff89ccf285ebc57dff8ae4c44b9c19ac4aa08887321be575c8095f789dd4c743dfe42c1820f9231f98a962b210e3ac2452a3',
  )
  assert.is(decodeTransaction(legacy).ok, false)
  assert.is(decodeTransaction(new Uint8Array(0)).ok, false)
  assert.is(decodeTransaction(Uint8Array.of(3, 0xc0)).ok, false)
})

test.run()

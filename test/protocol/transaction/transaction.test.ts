// Random transactions of all three types against viem: same encoding, same hash, same sender.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keccak256, parseTransaction, type TransactionSerializable } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import {
  decodeStrictly,
  decodeTransaction,
  recoverSender,
} from '../../../protocol/transaction/decode-transaction.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import { readTransfer } from '../../../protocol/transaction/read-transfer.ts'
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

test('the short way reads what the strict decoder reads, whatever the bytes', () => {
  const small = fc.bigInt(0n, 2n ** 70n)
  const transfer = unsigned.chain((tx) =>
    fc.record({ maxFeePerGas: small, value: small, long: fc.boolean() }).map((few) => ({
      ...tx,
      ...few,
      maxPriorityFeePerGas: few.maxFeePerGas,
      to: tx.to ?? account.address,
      data: few.long ? tx.data : tx.data.subarray(0, 4),
      accessList: few.long ? tx.accessList : [],
    })),
  )
  const mutation = fc.record({
    kind: fc.constantFrom('none', 'set', 'flip', 'cut', 'drop', 'repeat', 'grow'),
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x80, 0x81, 0xb7, 0xb8, 0xc0, 0xf8)),
  })
  const seen = { read: 0, left: 0, changed: 0 }
  fc.assert(
    fc.property(transfer, fc.array(mutation, { maxLength: 2 }), (tx, mutations) => {
      let raw = signTransaction(tx, hexToBytes(KEY), secp256k1Noble)
      for (const { kind, at, byte } of mutations) {
        const bytes = [...raw]
        const where = at % bytes.length
        if (kind === 'set') bytes[where] = byte
        if (kind === 'flip') bytes[where] = (bytes[where] as number) ^ (1 << (byte & 7))
        if (kind === 'cut') bytes.length = where
        if (kind === 'drop') bytes.splice(where, 1)
        if (kind === 'repeat') bytes.splice(where, 0, bytes[where] as number)
        if (kind === 'grow') bytes.push(byte)
        // As often as not with a head that fits again.
        if (byte & 1 && bytes[1] === 0xf8) bytes[2] = bytes.length - 3
        raw = Uint8Array.from(bytes)
        if (raw.length === 0) return
      }
      const read = readTransfer(raw, () => bytesToHex(raw))
      if (read) {
        const { hash, ...fields } = decodeStrictly(raw)
        assert.is(hash, keccak256(raw))
        assert.equal(read, { ...fields, hash: bytesToHex(raw) })
        seen.read++
        if (mutations.length > 0) seen.changed++
      } else seen.left++
    }),
    { numRuns: 3000 },
  )
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 100, `${what}: ${count}`)
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

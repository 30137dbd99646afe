// What is cut out of raw bytes against what decoding them gives, for all that can be decoded.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { decodeTransaction } from '../../../protocol/transaction/decode-transaction.ts'
import {
  encodeSigned,
  signingDigest,
  signTransaction,
} from '../../../protocol/transaction/encode-transaction.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import { signedDigest } from '../../../protocol/transaction/signed-digest.ts'
import type { UnsignedTransaction } from '../../../protocol/transaction/transaction.ts'

const word = fc.uint8Array({ minLength: 32, maxLength: 32 })
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytesToHex(bytes))
const UNSIGNED: fc.Arbitrary<UnsignedTransaction> = fc.record({
  type: fc.constantFrom(0 as const, 1 as const, 2 as const),
  chainId: fc.bigInt({ min: 1n, max: 2n ** 40n }),
  nonce: fc.nat(2 ** 20),
  maxFeePerGas: fc.bigInt({ min: 0n, max: 2n ** 80n }),
  maxPriorityFeePerGas: fc.constant(0n),
  gasLimit: fc.nat(2 ** 25),
  to: fc.option(address, { nil: undefined }),
  value: fc.bigInt({ min: 0n, max: 2n ** 100n }),
  data: fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 70_000 })),
  accessList: fc.array(
    fc.record({ address, storageKeys: fc.array(word.map((bytes) => bytesToHex(bytes) as Hex)) }),
    { maxLength: 3 },
  ),
})

test('digest and signature are those of decoding; short r and s too', () => {
  const part = fc.uint8Array({ minLength: 0, maxLength: 31 })
  fc.assert(
    fc.property(UNSIGNED, part, part, fc.nat(1), (tx, r, s, parity) => {
      const signature = new Uint8Array(65)
      signature.set(r, 32 - r.length)
      signature.set(s, 64 - s.length)
      signature[64] = parity
      const raw = encodeSigned(tx, signature)
      const decoded = decodeTransaction(raw)
      assert.ok(decoded.ok)
      const cut = signedDigest(raw)
      if (tx.type === 0) assert.is(cut, undefined)
      else {
        assert.equal(cut?.digest, signingDigest(decoded.transaction))
        assert.equal(cut?.signature, decoded.transaction.signature)
      }
    }),
    { numRuns: 300 },
  )
})

test('senders are the same by both libraries, and a high s has none', () => {
  const key = new Uint8Array(32).fill(9)
  fc.assert(
    fc.property(UNSIGNED, (tx) => {
      const raw = signTransaction(tx, key, secp256k1Native)
      const [native] = recoverSenders([raw], secp256k1Native)
      assert.ok(native)
      assert.equal(recoverSenders([raw], secp256k1Noble), [native])
    }),
    { numRuns: 30 },
  )
  const half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
  for (const [s, isLow] of [
    [half, true],
    [half + 1n, false],
  ] as const) {
    const signature = new Uint8Array(65).fill(1, 0, 32)
    for (let i = 63, rest = s; i >= 32; i--, rest >>= 8n) signature[i] = Number(rest & 0xffn)
    const digest = new Uint8Array(32).fill(3)
    const [native, noble] = [secp256k1Native, secp256k1Noble].map((one) =>
      one.recoverAddress(digest, signature),
    )
    assert.equal(native, noble)
    assert.is(native !== undefined, isLow)
  }
})

test('bytes that are cut short or changed never throw', () => {
  const tx = { type: 2, chainId: 5n, nonce: 1, maxFeePerGas: 9n, maxPriorityFeePerGas: 1n } as const
  const rest = { gasLimit: 21_000, to: `0x${'ab'.repeat(20)}`, value: 1n, accessList: [] } as const
  const unsigned = { ...tx, ...rest, data: new Uint8Array(0) }
  const raw = signTransaction(unsigned, new Uint8Array(32).fill(4), secp256k1Native)
  fc.assert(
    fc.property(fc.nat(raw.length), fc.nat(raw.length - 1), fc.nat(255), (length, at, byte) => {
      const bad = raw.slice(0, length)
      if (at < length) bad[at] = byte
      const [sender] = recoverSenders([bad], secp256k1Native)
      assert.ok(sender === null || sender?.length === 42)
    }),
    { numRuns: 500 },
  )
})

test.run()

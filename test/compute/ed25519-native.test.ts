// Ed25519: the published vectors, and one verdict of libsodium and the reference on all that no
// honest signer makes: points of small and mixed order, encodings that are not canonical, S above
// the order, equations that hold only with the cofactor or only without.

import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ed25519Keys,
  selfTestEd25519,
  signEd25519Native,
  verifyEd25519Native,
} from '../../compute/crypto/ed25519-native.ts'
import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { verifyEd25519Strict } from '../../protocol/crypto/ed25519-strict.ts'

const { Point } = ed25519
const L = Point.Fn.ORDER
const P = 2n ** 255n - 19n
const torsion = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex, true))

/** The verdict, which both must give. */
function verdict(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const native = verifyEd25519Native(key, message, signature)
  const strict = verifyEd25519Strict(key, message, signature)
  const what = [key, message, signature].map(bytesToHex).join(' ')
  assert.is(native, strict, `native ${native}, reference ${strict}: ${what}`)
  return native
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}

const number = (bytes: Uint8Array) =>
  [...bytes].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)

test('the vectors of RFC 8032, 7.1', () => {
  const vectors = [
    [
      '0x9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      '0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '0x',
      '0xe5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '0xc5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      '0xfc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      '0xaf82',
      '0x6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ].map(
    (row) => row.map((hex) => hexToBytes(hex)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array],
  )
  for (const [seed, key, message, signature] of vectors) {
    const keys = ed25519Keys(seed)
    assert.equal(keys.publicKey, key)
    if (message.length > 0) assert.equal(signEd25519Native(keys.secretKey, message), signature)
    assert.ok(verdict(key, message, signature))
  }
  selfTestEd25519()
})

test('torsion in key and R: only what holds without the cofactor, and no point of small order', () => {
  const [a, r] = [0x1234567890abcdefn, 0xfedcba0987654321n]
  const counts = { yes: 0, no: 0 }
  for (const inKey of torsion) {
    for (const inR of torsion) {
      for (const [secret, nonce] of [
        [a, r],
        [0n, r],
        [a, 0n],
      ] as const) {
        const key = (secret ? Point.BASE.multiply(secret) : Point.ZERO).add(inKey).toBytes()
        const point = (nonce ? Point.BASE.multiply(nonce) : Point.ZERO).add(inR).toBytes()
        for (let m = 0; m < 8; m++) {
          const message = Uint8Array.of(m)
          const k = number(sha512(concatBytes(point, key, message))) % L
          const s = (nonce + k * secret) % L
          const holds = verdict(key, message, concatBytes(point, littleEndian(s)))
          if (holds) counts.yes++
          else counts.no++
          if (secret === 0n || nonce === 0n) assert.not.ok(holds, 'small order')
          const above = concatBytes(point, littleEndian(s + L))
          assert.not.ok(verdict(key, message, above), 'S above the order')
        }
      }
    }
  }
  // Of 512 with mixed orders one in eight holds exactly by chance, and all without torsion do.
  assert.ok(counts.yes > 30 && counts.no > 1000, JSON.stringify(counts))
})

test('encodings that are not canonical', () => {
  const message = Uint8Array.of(1)
  const { publicKey, secretKey } = ed25519Keys(new Uint8Array(32).fill(5))
  const good = signEd25519Native(secretKey, message)
  for (let y = 0n; y < 19n; y++) {
    for (const value of [y, P + y]) {
      for (const sign of [0n, 2n ** 255n]) {
        const encoded = littleEndian(value + sign)
        verdict(encoded, message, good)
        verdict(encoded, message, new Uint8Array(64))
        verdict(publicKey, message, concatBytes(encoded, good.subarray(32)))
        verdict(encoded, message, concatBytes(encoded, littleEndian(0n)))
        verdict(encoded, message, concatBytes(encoded, littleEndian(1n)))
      }
    }
  }
})

test('honest signatures hold; any change of key, message or signature does not', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(
      bytes,
      bytes,
      fc.nat({ max: 127 }),
      fc.nat({ max: 7 }),
      (seed, message, at, bit) => {
        const { publicKey, secretKey } = ed25519Keys(seed)
        const signature = signEd25519Native(secretKey, message)
        assert.ok(verdict(publicKey, message, signature))
        const all = concatBytes(publicKey, message, signature)
        all[at] = (all[at] as number) ^ (1 << bit)
        const [k, m, s] = [all.slice(0, 32), all.slice(32, 64), all.slice(64)]
        assert.not.ok(verdict(k, m, s))
        assert.not.ok(verdict(k.subarray(1), m, s))
        assert.not.ok(verdict(k, m, s.subarray(1)))
      },
    ),
    { numRuns: 60 },
  )
})

test.run()

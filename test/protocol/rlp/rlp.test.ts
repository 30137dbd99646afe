// RLP: Ethereum's published vectors, viem as the oracle, and one encoding only for each value.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { toRlp, type Hex as ViemHex } from 'viem'
import { utf8 } from '../../../lib/bytes.ts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import {
  asInteger,
  decodeRlp,
  encodeRlp,
  type RlpItem,
  rlpInteger,
} from '../../../protocol/rlp/rlp.ts'

const LOREM = 'Lorem ipsum dolor sit amet, consectetur adipisicing elit'

test('the vectors of the Ethereum wiki', () => {
  const vectors: [RlpItem, string][] = [
    [utf8('dog'), '0x83646f67'],
    [[utf8('cat'), utf8('dog')], '0xc88363617483646f67'],
    [new Uint8Array(0), '0x80'],
    [[], '0xc0'],
    [Uint8Array.of(0), '0x00'],
    [Uint8Array.of(15), '0x0f'],
    [Uint8Array.of(4, 0), '0x820400'],
    [[[], [[]], [[], [[]]]], '0xc7c0c1c0c3c0c1c0'],
    [utf8(LOREM), `0xb838${bytesToHex(utf8(LOREM)).slice(2)}`],
  ]
  for (const [item, encoded] of vectors) {
    assert.is(bytesToHex(encodeRlp(item)), encoded)
    assert.equal(decodeRlp(hexToBytes(encoded)), item)
  }
})

const { item } = fc.letrec<{ item: RlpItem; bytes: Uint8Array; list: RlpItem[] }>((tie) => ({
  item: fc.oneof({ depthSize: 'small' }, tie('bytes'), tie('list')),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.uint8Array({ minLength: 50, maxLength: 300 }),
  ),
  list: fc.array(tie('item'), { maxLength: 20 }),
}))

type Nested = ViemHex | Nested[]
const forViem = (value: RlpItem): Nested =>
  value instanceof Uint8Array ? bytesToHex(value) : value.map(forViem)

test('any value is encoded as viem encodes it, and decodes to itself', () => {
  fc.assert(
    fc.property(item, (value) => {
      const encoded = encodeRlp(value)
      assert.is(bytesToHex(encoded), toRlp(forViem(value) as ViemHex))
      assert.equal(decodeRlp(encoded), value)
    }),
    { numRuns: 300 },
  )
})

test('whatever decodes is the one encoding of its value', () => {
  let decoded = 0
  fc.assert(
    fc.property(item, fc.nat(), fc.nat(255), (value, at, byte) => {
      const bytes = encodeRlp(value)
      bytes[at % bytes.length] = byte
      try {
        assert.equal(encodeRlp(decodeRlp(bytes)), bytes)
        decoded++
      } catch (error) {
        assert.is((error as Error).name, 'RlpError')
      }
    }),
    { numRuns: 500 },
  )
  assert.ok(decoded > 0)
})

test('bad lengths, leading zeros and deep nesting are refused', () => {
  const bad = [
    '0x',
    '0x8100',
    '0x817f',
    '0xb800',
    '0xb90001ff',
    '0xf800',
    '0x83646f',
    '0xc883636174',
    '0x8080',
  ]
  for (const text of [
    ...bad,
    `0x${'c1'.repeat(40)}c0`,
    '0xbfffffffffffffffff',
    '0xffffffffffffffffff',
  ]) {
    assert.throws(() => decodeRlp(hexToBytes(text)), /./, text)
  }
  assert.throws(() => asInteger(Uint8Array.of(0)))
  assert.throws(() => asInteger(new Uint8Array(33).fill(1)))
  assert.is(asInteger(rlpInteger(2n ** 256n - 1n)), 2n ** 256n - 1n)
})

test.run()

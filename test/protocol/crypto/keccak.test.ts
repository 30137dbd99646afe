// Our Keccak-256 against noble's, at every length around its block size and far beyond.

import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { utf8 } from '../../../lib/bytes.ts'
import { keccak, keccakHex } from '../../../protocol/crypto/keccak.ts'
import { loadKeccakModule } from '../../../protocol/crypto/keccak-wasm.ts'

test('known hashes', () => {
  assert.is(
    keccakHex(new Uint8Array(0)),
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  )
  assert.is(
    keccakHex(utf8('Transfer(address,address,uint256)')),
    '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
  )
})

test('the module runs here', () => assert.ok(loadKeccakModule()))

test('noble agrees at every length up to 600', () => {
  for (let length = 0; length <= 600; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length)
    assert.equal(keccak(bytes), keccak_256(bytes), `${length}`)
  }
})

test('noble agrees on random bytes, and no call disturbs another', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 50 }), (a, b) => {
      const first = keccak(a)
      keccak(b)
      assert.equal(first, keccak_256(a))
    }),
    { numRuns: 200 },
  )
})

test.run()

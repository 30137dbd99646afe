// Integers as bytes, against the digits that the platform writes.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bigintToBytes, bytesToBigint } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { slotAfter, slotOf } from '../../protocol/modules/storage-layout.ts'

test('integers of every length there and back, and none that does not fit', () => {
  for (let length = 0; length <= 40; length++) {
    const most = (1n << BigInt(8 * length)) - 1n
    for (const value of [0n, 1n, most / 3n, most >> 1n, most - 1n, most]) {
      if (value < 0n || value > most) continue
      const bytes = bigintToBytes(value, length)
      assert.is(
        bytesToHex(bytes),
        `0x${length ? value.toString(16).padStart(2 * length, '0') : ''}`,
      )
      assert.is(bytesToBigint(bytes), value)
      const within = new Uint8Array(length + 5)
      within.set(bytes, 3)
      assert.is(bytesToBigint(within.subarray(3, 3 + length)), value)
    }
    assert.throws(() => bigintToBytes(most + 1n, length), /does not fit/)
    assert.throws(() => bigintToBytes(-1n, length), /does not fit/)
  }
})

test('slots behind another slot, across a carry and around', () => {
  const text = (word: bigint): Hex => `0x${word.toString(16).padStart(64, '0')}`
  for (const base of [0n, 7n, 2n ** 48n - 2n, 2n ** 200n - 1n, 2n ** 256n - 2n]) {
    for (const offset of [0, 1, 2, 5]) {
      assert.is(slotAfter(slotOf(base), offset), text((base + BigInt(offset)) % 2n ** 256n))
    }
  }
})

test.run()

// Ordinary signatures of a submission: which hold over the nonces of now, and which do not.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesColumn } from '../../../actors/rollup-sequencer/columns.ts'
import { type CheckedAhead, checkAhead } from '../../../actors/shard/check-ahead.ts'
import type { OrdinaryChecks } from '../../../actors/shard/ordinary-checks.ts'
import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { KeyBook } from '../../../compute/crypto/key-book.ts'
import { transferDigest } from '../../../protocol/rollup/cosign.ts'
import { type SignatureColumns, verifyColumns } from '../../../protocol/rollup/verify-columns.ts'
import { writeBody } from '../../../protocol/rollup/write-body.ts'

const GENESIS = `0x${'22'.repeat(32)}` as const
const book = new KeyBook(new Uint8Array(32).fill(5), new Uint8Array(0))
const seed = new KeyBook(new Uint8Array(32).fill(5), new Uint8Array(96 * 64))
const NOBODY = 40

function checked(nonceOf: (index: number) => number, isRun = true): CheckedAhead {
  const from = Uint32Array.of(3, 20, 21, 22, NOBODY)
  const [to, amountLo, amountHi] = [from.map(() => 7), from.map(() => 9), from.map(() => 0)]
  // Account 3 gives none; 21 signs what 20 did.
  const positions = Uint32Array.of(1, 2, 3, 4)
  const signatures = new Uint8Array(64 * positions.length)
  for (const [i, position] of positions.entries()) {
    const signer = i === 1 ? 20 : (from[position] as number)
    const transfer = { from: signer, nonce: 6, to: 7, amount: 9n, maxFee: 5, notAfter: 50 }
    signatures.set(book.signTransfer(signer, transferDigest(GENESIS, transfer)), 64 * i)
  }
  const body = writeBody({
    shard: 0,
    number: 0,
    signature: new Uint8Array(96),
    sections: [{ kind: 'sparse', from, to, amountLo, amountHi }],
    absent: {
      positions,
      maxFees: positions.map(() => 5),
      notAfters: positions.map(() => 50),
      signatures,
    },
  })
  const check: OrdinaryChecks['check'] = (columns: SignatureColumns, isUrgent, done) => {
    assert.not.ok(isUrgent)
    done(isRun ? verifyColumns(columns, verifyEd25519Native) : undefined)
  }
  const keys = {
    verify: () => false,
    cosignKey: () => undefined,
    spendKey: (index: number) => (index === NOBODY ? undefined : seed.spendKeyOf(index)),
  }
  const ended: CheckedAhead[] = []
  const executor = { nonceOf, keys, ordinary: { check } as OrdinaryChecks }
  checkAhead(body, { genesisHash: GENESIS }, executor, (one) => ended.push(one))
  assert.is(ended.length, 1)
  return ended[0] as CheckedAhead
}

const words = (bytes: Uint8Array) => [...bytesColumn(bytes)]

test('bad ones and those of nobody are found by their positions, with the nonces of all', () => {
  const { code, bad, nonces } = checked(() => 6)
  assert.equal([code, words(bad), words(nonces)], ['', [2, 4], [6, 6, 6, 6]])
  const other = checked((index) => (index === 22 ? 7 : 6))
  assert.equal(
    [words(other.bad), words(other.nonces)],
    [
      [2, 3, 4],
      [6, 6, 7, 6],
    ],
  )
})

test('what could not be checked is said to be unchecked', () => {
  assert.is(checked(() => 6, false).code, 'UNCHECKED')
})

test.run()

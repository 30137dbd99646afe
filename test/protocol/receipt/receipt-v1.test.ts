// AITBC's published v1 receipt must verify, and no altered one may.

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { sha256Hex } from '../../../protocol/crypto/sha256.ts'
import { fromBase64Url } from '../../../protocol/receipt/base64url.ts'
import { canonicalV1, verifyReceiptV1 } from '../../../protocol/receipt/receipt-v1.ts'
import { vectorFile } from '../../kit/vector-file.ts'

const vector = JSON.parse(readFileSync(vectorFile('aitbc-v1-receipt-signed.json'), 'utf8'))
const receipt = { ...vector.payload, signature: vector.signature }

test('the golden receipt verifies', () => {
  assert.is(canonicalV1(receipt), vector.canonical)
  assert.is(
    sha256Hex(vector.canonical),
    '0x195326a790912e675caeb4e207d9a093b495474b37911d26f1476115450fa6f3',
  )
  const verdict = verifyReceiptV1(receipt)
  assert.ok(verdict.valid)
  assert.is(verdict.publicKey, `0x${vector.verify_key_hex}`)
})

test('null members do not count, as in the first implementation', () => {
  assert.ok(verifyReceiptV1({ ...receipt, metadata: null }).valid)
})

test('every altered member, and every altered signature character, is refused', () => {
  for (const name of Object.keys(vector.payload)) {
    const value = vector.payload[name]
    const altered = typeof value === 'number' ? value + 1 : `${value}x`
    assert.not.ok(verifyReceiptV1({ ...receipt, [name]: altered }).valid, name)
    const { [name]: _, ...without } = receipt
    assert.not.ok(verifyReceiptV1(without).valid, name)
  }
  const { sig } = vector.signature
  for (let i = 0; i < sig.length; i++) {
    const other = sig[i] === 'A' ? 'B' : 'A'
    const signature = { ...vector.signature, sig: sig.slice(0, i) + other + sig.slice(i + 1) }
    assert.not.ok(verifyReceiptV1({ ...receipt, signature }).valid, `character ${i}`)
  }
})

test('base64url has one spelling per value', () => {
  assert.equal([...(fromBase64Url('_-8') ?? [])], [255, 239])
  for (const text of ['A', 'AB', '_-9', 'AA==', 'A+AA']) assert.is(fromBase64Url(text), undefined)
})

test.run()

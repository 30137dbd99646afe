// Receipt bundles: the vector verifies; no changed byte, other validators, missing quorum or false
// claim does. The same file is then verified by the browser build.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import vm from 'node:vm'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { decodeBlock, encodeBlock } from '../../../protocol/block/block.ts'
import { decodeHeader, encodeHeader } from '../../../protocol/block/header-codec.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { type Bundle, buildBundle, encodeBundle } from '../../../protocol/receipt/bundle.ts'
import { signReceipt } from '../../../protocol/receipt/sign-receipt.ts'
import { verifyBundle } from '../../../protocol/receipt/verify-bundle.ts'
import { collectBundle } from '../../../sdk/receipts/collect-bundle.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { vectorFile } from '../../kit/vector-file.ts'
import { keyOf } from '../market/market-world.ts'
import {
  bundle,
  certify,
  genesisBlock,
  output,
  sources,
  trustedHash,
  validatorSet,
} from './bundle-fixture.ts'

const vectorPath = vectorFile('receipt-bundle.json')
const v1Path = vectorFile('aitbc-v1-receipt-signed.json')
const text = encodeBundle(bundle())
if (process.env.WRITE_VECTORS === '1') writeFileSync(vectorPath, text)
const crypto = { bls: blsNative, secp256k1: secp256k1Noble }
const trust = { ...crypto, trustedValidatorSetHash: trustedHash }

function reasonFor(changed: Bundle, given = trust): string {
  const verdict = verifyBundle(encodeBundle(changed), given)
  assert.not.ok(verdict.valid)
  return verdict.valid ? '' : verdict.reason
}

function changed(settlement: Partial<Bundle['settlement']>): Bundle {
  const whole = bundle()
  return { ...whole, settlement: { ...whole.settlement, ...settlement } }
}

test('the published vector is what this code makes, and it verifies', () => {
  assert.ok(existsSync(vectorPath))
  assert.is(readFileSync(vectorPath, 'utf8'), text)
  const verdict = verifyReceipt(text, { validatorSetHash: trustedHash, output })
  assert.ok(verdict.valid, verdict.reason)
  assert.ok(verdict.trusted)
  const names = [
    'format',
    'receipt',
    'provider-signature',
    'output',
    'settlement',
    'validators',
    'finality',
  ]
  assert.equal(
    verdict.checks.map((check) => check.name),
    names,
  )
  assert.match(verdict.checks[4]?.detail ?? '', /7000000000000 wei paid.*block 42, transaction 17/)
  assert.match(verdict.checks[6]?.detail ?? '', /3 of 4/)
})

test('without validators to trust the answer says so', () => {
  const verdict = verifyReceipt(text)
  assert.ok(verdict.valid)
  assert.not.ok(verdict.trusted)
  const last = verdict.checks.at(-1)
  assert.is(last?.name, 'self-consistent-only')
  assert.ok(last?.warning)
})

test('any changed byte makes it invalid, with a reason, trusted or not', () => {
  const bytes = new TextEncoder().encode(text)
  const step = Math.max(1, Math.floor(bytes.length / 600))
  for (let at = 0; at < bytes.length; at += step) {
    for (const flip of [1, 0x20]) {
      const altered = Uint8Array.from(bytes)
      altered[at] = (altered[at] as number) ^ flip
      const given = at % 2 === 0 ? trust : crypto
      const verdict = verifyBundle(altered, given)
      assert.not.ok(verdict.valid, `byte ${at} of ${bytes.length} xor ${flip}`)
      assert.ok(!verdict.valid && verdict.reason.length > 5)
    }
  }
})

test('hexadecimal digits changed to others that still are digits', () => {
  // Not only broken syntax: every tenth digit of every hash, signature, node and header.
  for (let at = 0; at < text.length; at += 11) {
    const digit = text[at] as string
    if (!/[0-9a-f]/.test(digit)) continue
    const other = digit === '7' ? '8' : '7'
    const verdict = verifyBundle(
      text.slice(0, at) + other + text.slice(at + 1),
      at % 2 ? trust : crypto,
    )
    assert.not.ok(verdict.valid, `position ${at}: ${text.slice(at - 20, at + 20)}`)
  }
})

test('other spellings of the same value are refused', () => {
  const spellings = [
    `${text}\n`,
    ` ${text}`,
    JSON.stringify(bundle()),
    JSON.stringify(bundle(), null, 1),
    `\ufeff${text}`,
  ]
  for (const spelling of spellings) assert.not.ok(verifyReceipt(spelling).valid)
  for (const junk of ['', '{}', '[]', 'null', '{"format":"aitbc-receipt-bundle/2"}', '\u0000']) {
    const verdict = verifyReceipt(junk)
    assert.not.ok(verdict.valid)
    assert.ok(verdict.reason)
  }
})

test('well-made lies are found out', () => {
  const whole = bundle()
  const made = sources()
  const other = `0x${'12'.repeat(32)}` as Hex
  const foreign = { ...crypto, trustedValidatorSetHash: other }
  assert.match(reasonFor(whole, foreign), /validators: .*not the trusted ones/)
  assert.match(reasonFor(changed({ transaction_index: 16 })), /settlement/)
  assert.match(reasonFor(changed({ chain_id: 1338 })), /two chains/)
  const elsewhere = decodeHeader(hexToBytes(made.finality.genesis_header))
  const genesis_header = bytesToHex(encodeHeader({ ...elsewhere, timestamp: 1 }))
  assert.match(reasonFor(changed({ genesis_header })), /BAD_SIGNATURE/)
  const [set] = whole.settlement.validator_sets as [Hex]
  assert.match(reasonFor(changed({ validator_sets: [set, set] })), /twice/)
  const begins = 'checkpoint' as const
  assert.match(reasonFor(changed({ begins })), /begins with a checkpoint but holds none/)
  const { headers } = whole.settlement
  assert.match(reasonFor(changed({ headers: headers.slice(0, 2) })), /WRONG_SIDECAR|WRONG_BLOCK/)
  assert.match(reasonFor(changed({ headers: [headers[0], headers[2]] as Hex[] })), /NOT_A_CHAIN/)
  const last = made.blocks[2]?.hash as Hex
  const certificate = (...args: Parameters<typeof certify>) => bytesToHex(certify(...args))
  assert.match(reasonFor(changed({ certificate: certificate(last, 1) })), /WRONG_KIND/)
  assert.match(reasonFor(changed({ certificate: certificate(last, 3, [0, 1]) })), /NO_QUORUM/)
  assert.match(reasonFor(changed({ certificate: certificate(other) })), /WRONG_BLOCK/)
  // A receipt that the provider signed, but that is not the one which was settled.
  const { signatures: _, ...facts } = made.receipt
  const richer = { ...facts, device: 'NVIDIA H200' }
  const receipt = signReceipt(richer, keyOf(2).secretKey, secp256k1Noble)
  assert.match(reasonFor({ ...whole, receipt }), /another receipt was settled/)
  const forged = signReceipt(richer, keyOf(3).secretKey, secp256k1Noble)
  assert.match(reasonFor({ ...whole, receipt: forged }), /provider-signature/)
  const wrongOutput = verifyReceipt(text, { validatorSetHash: trustedHash, output: 'else' })
  assert.match(wrongOutput.reason ?? '', /output/)
  assert.throws(() => buildBundle({ ...made, settleTx: other }), /does not contain/)
})

test('collected from a node, it is the same bundle', async () => {
  const made = sources()
  const served = made.blocks.map((block, i) => ({
    height: 42 + i,
    hash: block.hash,
    block: encodeBlock(block),
    receipts: i === 0 ? made.receipts : [],
    certificate: hexToBytes(made.finality.certificate),
  }))
  const { receipt, settleTx } = made
  const first = { height: 0, hash: decodeBlock(genesisBlock()).hash, block: genesisBlock() }
  const genesis = { ...first, receipts: [], certificate: new Uint8Array(0) }
  const block = async (height: number) => (height === 0 ? genesis : served[height - 42])
  const checkpoint = async () => undefined
  const facts = {
    receipt,
    settled: settleTx,
    settleHeight: 42,
    validatorSet,
    checkpoint,
    bls: blsNative,
  }
  const query = { ...facts, block }
  assert.is(encodeBundle(await collectBundle(query)), text)
})

test('a receipt alone is valid but proves no payment; v1 receipts verify as published', () => {
  const alone = verifyReceipt(JSON.stringify(bundle().receipt))
  assert.ok(alone.valid)
  assert.is(alone.kind, 'receipt-v2')
  assert.not.ok(alone.trusted)
  const v1 = verifyReceipt(readFileSync(v1Path))
  assert.ok(v1.valid)
  assert.is(v1.kind, 'receipt-v1')
})

test('the browser build gives the same answers, with nothing but what browsers have', async () => {
  const built = await build({
    entryPoints: ['sdk/receipts/verify-receipt.ts'],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'aitbc',
    target: 'es2022',
    metafile: true,
  })
  const code = built.outputFiles[0]?.text ?? ''
  const imported = Object.values(built.metafile.inputs).flatMap((input) => input.imports)
  assert.equal(
    imported.filter((item) => item.path.startsWith('node:')),
    [],
  )
  const context = vm.createContext({ TextEncoder, TextDecoder })
  vm.runInContext(`${code};globalThis.verifyReceipt = aitbc.verifyReceipt`, context)
  const inBrowser = (file: string, given: object) => {
    Object.assign(context, { file, given: JSON.stringify(given) })
    return JSON.parse(
      vm.runInContext('JSON.stringify(verifyReceipt(file, JSON.parse(given)))', context),
    )
  }
  const given = { validatorSetHash: trustedHash, output }
  const files = [text, text.replace('"cpu"', '"gpu"'), readFileSync(v1Path, 'utf8'), '{}']
  for (const file of files) {
    assert.equal(inBrowser(file, given), JSON.parse(JSON.stringify(verifyReceipt(file, given))))
  }
  assert.ok(inBrowser(text, given).valid)
})

test.run()

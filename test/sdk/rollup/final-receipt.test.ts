// The receipt of a transfer, collected from a node that need not be trusted and verified offline:
// from the genesis and from any checkpoint, every changed byte and every well-made lie found out.

import vm from 'node:vm'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { encodeSidecar, plainSidecar } from '../../../protocol/block/sidecar.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { type Claim, claimHash, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { encodeFinalReceipt, type FinalReceipt } from '../../../protocol/rollup/final-receipt.ts'
import { verifyFinalReceipt } from '../../../protocol/rollup/verify-final-receipt.ts'
import { LightClient } from '../../../sdk/light/light-client.ts'
import type { LightError } from '../../../sdk/light/light-error.ts'
import { type Ask, quantity } from '../../../sdk/light/light-rpc.ts'
import { collectReceipt, findReceipt } from '../../../sdk/rollup/collect-receipt.ts'
import { finalClaims } from '../../../sdk/rollup/final-claims.ts'
import { makeBatch, sparseOf } from '../../protocol/rollup/batch-world.ts'
import {
  CLAIM,
  checkpointAt,
  type Method,
  nodesOf,
  nodeWith,
  ORDERED_IN,
  orderingBlock,
  world,
  ZERO,
} from './final-world.ts'

const ORDER = [4100, 4200, 5000, 8000]
const batch = makeBatch({ sections: [sparseOf(...ORDER)], absent: [] })
const POSITION = 2
const { from, nonce, to, amount } = batch.transfers[POSITION] as (typeof batch.transfers)[number]
const claimOf = (over: Partial<Claim>): Claim => ({ ...batch.facts, ...CLAIM, ...over })
const claim = claimOf({})
const claims = [claimOf({ shard: 1 }), claim].map(encodeClaim)
const block = orderingBlock(claim)
const { height } = block.header

const nodeOf = (over: Record<string, Method> = {}): Ask =>
  nodeWith(claim, block, {
    rollup_getTransfer: () => ({
      batch: '0x1',
      to: quantity(to),
      amount: `0x${amount.toString(16)}`,
      position: quantity(POSITION),
      proof: nodesOf(batch.tree.proof(POSITION)),
    }),
    ...over,
  })

async function collect(ask = nodeOf()): Promise<FinalReceipt> {
  const receipt = await findReceipt(ask, from, nonce)
  return collectReceipt({ receipt, ask, bls: blsNative })
}

const crypto = { bls: blsNative, hashPairs: hashPairsNoble }
const trust = { ...crypto, trustedValidatorSetHash: world.rules(0).setHash }

function reasonOf(file: FinalReceipt | string, given: typeof crypto = trust): string {
  const text = typeof file === 'string' ? file : encodeFinalReceipt(file)
  const verdict = verifyFinalReceipt(text, given)
  return verdict.valid ? 'valid' : verdict.reason
}

test('a file says what was paid, and holds under the genesis or any checkpoint before it', async () => {
  const text = encodeFinalReceipt(await collect())
  const verdict = verifyFinalReceipt(text, trust)
  assert.ok(verdict.valid && verdict.trusted, reasonOf(text))
  if (!verdict.valid) return
  const facts = { shard: 0, batch: 1, claim: claimHash(claim), height }
  assert.equal(verdict.transfer, { from, nonce, to, amount, fee: claim.fee, ...facts })
  const names = ['format', 'transfer', 'ordering', 'validators', 'finality', 'until-settled']
  assert.equal(
    verdict.checks.map(({ name }) => name),
    names,
  )
  for (const epoch of [0, 2, 4, ORDERED_IN]) {
    assert.is(reasonOf(text, { ...crypto, checkpoint: checkpointAt(epoch) } as never), 'valid')
  }
  const later = { ...crypto, checkpoint: checkpointAt(ORDERED_IN + 1) }
  assert.match(reasonOf(text, later as never), /does not cover the epoch/)
  const alone = verifyFinalReceipt(text, crypto)
  assert.ok(alone.valid && !alone.trusted)
  assert.ok(alone.checks.some(({ name, warning }) => name === 'self-consistent-only' && warning))
})

test('the browser build gives the same answer, with nothing but what browsers have', async () => {
  const built = await build({
    entryPoints: ['sdk/rollup/verify-rollup-receipt.ts'],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'aitbc',
    target: 'es2022',
    metafile: true,
  })
  const imported = Object.values(built.metafile.inputs).flatMap((input) => input.imports)
  const foreign = imported.filter(({ path, external }) => external || path.startsWith('node:'))
  assert.equal(foreign, [])
  const file = encodeFinalReceipt(await collect())
  const context = vm.createContext({ TextEncoder, TextDecoder, file, hash: world.rules(0).setHash })
  const call = 'aitbc.verifyRollupReceipt(file, { trustedValidatorSetHash: hash })'
  const code = `${built.outputFiles[0]?.text};globalThis.verdict = ${call}`
  vm.runInContext(code, context)
  const inBrowser = vm.runInContext('JSON.stringify([verdict.valid, verdict.checks])', context)
  const here = verifyFinalReceipt(file, trust)
  assert.equal(JSON.parse(inBrowser), [true, here.checks])
})

test('no byte of it can change', async () => {
  const text = encodeFinalReceipt(await collect())
  for (let at = 0; at < text.length; at += 7) {
    const other = text[at] === '3' ? '4' : '3'
    const altered = text.slice(0, at) + other + text.slice(at + 1)
    const where = `position ${at}: ${text.slice(at - 20, at + 20)}`
    assert.not.equal(reasonOf(altered, at % 2 ? trust : crypto), 'valid', where)
  }
  for (const other of [`${text}\n`, ` ${text}`, '{}', '', 'null']) {
    assert.not.equal(reasonOf(other), 'valid')
  }
})

test('well-made lies are found out', async () => {
  const whole = await collect()
  const changed = (over: Partial<FinalReceipt>) => reasonOf({ ...whole, ...over })
  const { transfer, finality } = whole
  assert.match(changed({ transfer: { ...transfer, amount: '7' } }), /does not contain the transfer/)
  assert.match(changed({ transfer: { ...transfer, amount: (2n ** 64n).toString() } }), /^format/)
  assert.match(changed({ claim: 0, position: 1 }), /does not contain the transfer/)
  assert.match(changed({ claim: 2 }), /no such claim/)
  assert.match(changed({ proof: '0x' }), /does not contain the transfer/)
  // A claim that nobody ordered, in a sidecar of its own.
  const said = { validatorSetHash: world.rules(ORDERED_IN).setHash, proposer: 0, parentView: 1 }
  const sidecar = bytesToHex(encodeSidecar(plainSidecar({ ...said, claims })))
  assert.match(changed({ sidecar }), /ordering: .*not the one that the header commits to/)
  const few = world.proofOf([block], [0, 1])
  const certificate = bytesToHex(few.certificate)
  assert.match(changed({ finality: { ...finality, certificate } }), /NO_QUORUM/)
  const { market: _, ...plain } = { ...finality, market: ZERO }
  assert.is(changed({ finality: plain }), 'valid')
  assert.match(changed({ finality: { ...finality, market: ZERO } as never }), /^format: .*finality/)
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'collected',
    (error: LightError) => error.code ?? error.message,
  )

test('a node that lacks something, or lies, is told apart', async () => {
  assert.is(await codeOf(collect(nodeOf({ rollup_getTransfer: () => null }))), 'NODE_LACKS')
  assert.is(await codeOf(collect(nodeOf({ rollup_getClaim: () => null }))), 'NODE_LACKS')
  assert.is(await codeOf(collect(nodeOf({ aitbc_getFinality: () => null }))), 'NODE_LACKS')
  const noneYet = { aitbc_getCheckpoint: () => null }
  assert.is(await codeOf(collect(nodeOf(noneYet))), 'NODE_LACKS')
  assert.is(await codeOf(collect(nodeOf({ rollup_getTransfer: () => ({}) }))), 'NODE_LIES')
})

test('a light client says whether a claim is final, whoever is asked', async () => {
  const ask = nodeOf()
  const clientOf = (asked: Ask) =>
    new LightClient({ checkpoint: checkpointAt(0), ask: asked, nowMs: 1, bls: blsNative })
  const isFinal = finalClaims(clientOf(ask), ask)
  assert.ok(await isFinal(0, 1, claimHash(claim)))
  assert.not.ok(await isFinal(0, 1, claimHash(claimOf({ entries: 6 }))))
  assert.not.ok(await isFinal(0, 2, claimHash(claim)))
  // The node shows another sidecar, in which the claim is that of a liar.
  const forged = claimOf({ entries: 6 })
  const honest = (await ask('aitbc_getFinality', [])) as object
  const said = { validatorSetHash: ZERO, proposer: 0, parentView: 0 }
  const mine = encodeSidecar(plainSidecar({ ...said, claims: [encodeClaim(forged)] }))
  const liar = nodeOf({ aitbc_getFinality: () => ({ ...honest, sidecar: bytesToHex(mine) }) })
  const fooled = finalClaims(clientOf(liar), liar)
  assert.is(await codeOf(fooled(0, 1, claimHash(forged))), 'WRONG_SIDECAR')
})

test.run()

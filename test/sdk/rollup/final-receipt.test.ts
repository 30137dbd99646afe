// The receipt of a transfer, collected from a node that need not be trusted and verified offline:
// from the genesis and from any checkpoint, every changed byte and every well-made lie found out.

import vm from 'node:vm'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { encodeHeader } from '../../../protocol/block/header-codec.ts'
import { encodeSidecar, plainSidecar } from '../../../protocol/block/sidecar.ts'
import { encodeValidatorSet } from '../../../protocol/consensus/validator-set.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import type { LightCheckpoint } from '../../../protocol/light/light-checkpoint.ts'
import { type Claim, claimHash, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { encodeFinalReceipt, type FinalReceipt } from '../../../protocol/rollup/final-receipt.ts'
import { verifyFinalReceipt } from '../../../protocol/rollup/verify-final-receipt.ts'
import { LightClient } from '../../../sdk/light/light-client.ts'
import type { LightError } from '../../../sdk/light/light-error.ts'
import { type Ask, quantity } from '../../../sdk/light/light-rpc.ts'
import { collectReceipt, findReceipt } from '../../../sdk/rollup/collect-receipt.ts'
import { finalClaims } from '../../../sdk/rollup/final-claims.ts'
import { type EpochPlan, LightWorld, type Member } from '../../protocol/light/light-world.ts'
import { makeBatch, sparseOf } from '../../protocol/rollup/batch-world.ts'

const ZERO: Hex = `0x${'00'.repeat(32)}`
const members = (from: number): Member[] =>
  [0, 1, 2, 3].map((i) => ({ id: from + i, stake: 10n, authority: true }))
/** Other validators from epoch 4 on, so that a file needs checkpoints. */
const PLANS: EpochPlan[] = [0, 0, 1, 1, 2, 2, 0].map((mode, epoch) => ({
  mode: mode as 0 | 1 | 2,
  members: members(epoch < 4 ? 0 : 2),
}))
const world = new LightWorld(PLANS)
const ORDERED_IN = 5

const ORDER = [4100, 4200, 5000, 8000]
const batch = makeBatch({ sections: [sparseOf(...ORDER)], absent: [] })
const POSITION = 2
const { from, nonce, to, amount } = batch.transfers[POSITION] as (typeof batch.transfers)[number]
const claimOf = (over: Partial<Claim>): Claim => ({
  ...batch.facts,
  opRoot: ZERO,
  epoch: ORDERED_IN,
  sequencer: 0,
  bodyHash: ZERO,
  bodyBytes: 100,
  firstEntry: 0,
  entries: 5,
  feeAccount: 0,
  traceRoot: ZERO,
  exits: 0,
  exitRoot: ZERO,
  inboxTo: 0,
  consumed: [],
  outbox: [],
  supply: 1n,
  stateRoot: undefined,
  signature: new Uint8Array(96).fill(1),
  ...over,
})
const claim = claimOf({})
const claims = [claimOf({ shard: 1 }), claim].map(encodeClaim)
const block = world.child(world.boundary(ORDERED_IN - 1), ORDERED_IN, { claims })
const { height } = block.header

type Method = (...params: string[]) => unknown

/** A node that has the world and the block, with some of its methods replaced. */
function nodeOf(over: Record<string, Method> = {}): Ask {
  const methods: Record<string, Method> = {
    rollup_getHead: () => ({ shards: '0x1' }),
    rollup_getTransfer: () => ({
      batch: '0x1',
      to: quantity(to),
      amount: `0x${amount.toString(16)}`,
      position: quantity(POSITION),
      proof: (bytesToHex(batch.tree.proof(POSITION)).slice(2).match(/.{64}/g) ?? []).map(
        (node) => `0x${node}`,
      ),
    }),
    rollup_getClaim: (number) =>
      Number(number) === 1
        ? {
            hash: claimHash(claim),
            raw: bytesToHex(claims[1] as Uint8Array),
            blockNumber: quantity(height),
          }
        : null,
    aitbc_getFinality: () => {
      const { headers, certificate, sidecar } = world.proofOf([block])
      return {
        headers: headers.map(bytesToHex),
        certificate: bytesToHex(certificate),
        certifiedSidecar: bytesToHex(sidecar),
        sidecar: bytesToHex(block.sidecar),
      }
    },
    aitbc_getCheckpoint: (at) => {
      const epoch = Math.min(ORDERED_IN - 1, Number(at))
      const step = world.step(epoch)
      return {
        epoch: quantity(epoch),
        checkpoint: bytesToHex(step.checkpoint),
        certificate: bytesToHex(step.certificate),
        signers: step.signers,
        sets: step.sets.map(bytesToHex),
      }
    },
    aitbc_getGenesis: () => ({
      chainId: '0x539',
      header: bytesToHex(encodeHeader(world.genesis.header)),
      validatorSet: bytesToHex(encodeValidatorSet(world.set(0))),
    }),
    ...over,
  }
  return async (method, params) => methods[method]?.(...(params as string[]))
}

async function collect(ask = nodeOf()): Promise<FinalReceipt> {
  const receipt = await findReceipt(ask, from, nonce)
  return collectReceipt({ receipt, ask, bls: blsNative })
}

const crypto = { bls: blsNative, hashPairs: hashPairsNoble }
const trust = { ...crypto, trustedValidatorSetHash: world.rules(0).setHash }

function checkpointAt(epoch: number): LightCheckpoint {
  const { hash, header } = epoch === 0 ? world.genesis : world.boundary(epoch - 1)
  const certified = { height: header.height, hash }
  const [rules, announced] = [world.rules(epoch), world.rules(epoch + 1)]
  const sets = { set: world.set(epoch), announcedSet: world.set(epoch + 1) }
  return { chain: world.start.chain, epoch, rules, announced, ...sets, certified, asOfMs: 0 }
}

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

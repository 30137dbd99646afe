// The client of a rollup account against real batches: what it signs is what validators accept, it
// agrees to one root for each nonce whatever happens, and it says why it refuses the rest.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { CohortKeys } from '../../../compute/crypto/cohort-keys.ts'
import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { type Claim, claimHash, encodeClaim } from '../../../protocol/rollup/claim.ts'
import {
  cosignDigest,
  type SignedTransfer,
  transferDigest,
} from '../../../protocol/rollup/cosign.ts'
import { signersOfIndices } from '../../../protocol/rollup/signers.ts'
import type { RootOffer } from '../../../sdk/rollup/check-offer.ts'
import type { CosignGuard } from '../../../sdk/rollup/cosign-guard.ts'
import { RollupAccount, type RollupAccountKeys } from '../../../sdk/rollup/rollup-account.ts'
import { FileCosignGuard } from '../../../storage/rollup/file-cosign-guard.ts'
import {
  book,
  GENESIS,
  type MadeBatch,
  makeBatch,
  sparseOf,
} from '../../protocol/rollup/batch-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-rollup-'))
test.after(() => rmSync(folder, { recursive: true }))
let folders = 0
const newFolder = () => join(folder, String(folders++))

const ME = 5000
const ORDER = [4100, 4200, ME, 8000]
const batch = makeBatch({ sections: [sparseOf(...ORDER)], absent: [] })
const POSITION = ORDER.indexOf(ME)
const { from: _, ...TERMS } = batch.transfers[POSITION] as SignedTransfer
const ZERO: Hex = `0x${'00'.repeat(32)}`

const offerOf = (made: MadeBatch): RootOffer => ({
  ...made.facts,
  nonce: TERMS.nonce,
  position: POSITION,
  proof: made.tree.proof(POSITION),
})
const OFFER = offerOf(batch)
/** The same root under another claim's number: something else is agreed to. */
const OTHER: RootOffer = { ...OFFER, number: 2 }

class CountingKeys implements RollupAccountKeys {
  cosigned: string[] = []
  sign = (digest: Uint8Array) => book.signTransfer(ME, digest)
  cosign = (digest: Uint8Array) => {
    this.cosigned.push(bytesToHex(digest))
    return book.cosign(Uint32Array.of(ME), digest)
  }
}

const account = (guard: CosignGuard, keys: RollupAccountKeys = new CountingKeys()) =>
  new RollupAccount({ index: ME, genesisHash: GENESIS, keys, guard })

async function submitted(keys?: RollupAccountKeys, at = newFolder()) {
  const client = account(await FileCosignGuard.open(at), keys)
  const submission = await client.submit(TERMS)
  assert.ok(submission.ok)
  return { client, at, submission }
}

async function rejects(promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => 'resolved',
    () => 'rejected',
  )
  assert.is(outcome, 'rejected')
}

const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? 'OK' : result.code)

test('what it signs is what validators accept', async () => {
  const { client, submission } = await submitted()
  if (!submission.ok) return
  const digest = transferDigest(GENESIS, submission.transfer)
  assert.ok(verifyEd25519Native(book.spendKeyOf(ME) as Uint8Array, digest, submission.signature))
  const mine = await client.cosign(OFFER)
  if (!mine.ok) throw new Error(mine.code)
  const root = cosignDigest(GENESIS, batch.facts)
  const others = ORDER.filter((one) => one !== ME)
  const sum = blsNative.aggregate([mine.signature, book.cosign(Uint32Array.from(others), root)])
  const keys = new CohortKeys(book, { sums: 'cached' })
  assert.ok(keys.verify(signersOfIndices(Uint32Array.from(ORDER)), root, sum))
})

test('one root for each nonce: asked again, at once, and after a crash', async () => {
  const keys = new CountingKeys()
  const { client, at } = await submitted(keys)
  const answers = await Promise.all([OFFER, OTHER, OFFER].map((offer) => client.cosign(offer)))
  assert.equal(answers.map(codeOf), ['OK', 'OTHER_ROOT', 'OK'])
  assert.equal(answers[0], answers[2])
  assert.is(new Set(keys.cosigned).size, 1)
  // A crash: another process with the same folder.
  const later = account(await FileCosignGuard.open(at), keys)
  assert.is(codeOf(await later.cosign(OTHER)), 'OTHER_ROOT')
  assert.equal(await later.cosign(OFFER), answers[0])
  assert.equal(await later.submit(TERMS), await client.submit(TERMS), 'and the same submission')
  assert.is(new Set(keys.cosigned).size, 1)
})

test('a crash between the record and the signature, and a disk that fails', async () => {
  const at = newFolder()
  const guard = await FileCosignGuard.open(at)
  let mode: 'good' | 'dies' | 'full' = 'good'
  const dying: CosignGuard = {
    read: (nonce) => guard.read(nonce),
    async write(record) {
      if (mode === 'full') throw new Error('ENOSPC')
      await guard.write(record)
      if (mode === 'dies') throw new Error('killed')
    },
  }
  const keys = new CountingKeys()
  const client = account(dying, keys)
  await client.submit(TERMS)
  mode = 'full'
  await rejects(client.cosign(OTHER))
  mode = 'dies'
  await rejects(client.cosign(OFFER))
  assert.equal(keys.cosigned, [], 'nothing was signed')
  const later = account(await FileCosignGuard.open(at), keys)
  assert.is(codeOf(await later.cosign(OTHER)), 'OTHER_ROOT', 'what was written binds')
  assert.is(codeOf(await later.cosign(OFFER)), 'OK')
  for (const file of readdirSync(at))
    if (file.endsWith('.json')) writeFileSync(join(at, file), '{"tr')
  await rejects(later.cosign(OFFER))
})

test('offers that it refuses', async () => {
  const { client } = await submitted()
  const proof = OFFER.proof.slice()
  proof[9] = (proof[9] as number) ^ 1
  const offers: [Partial<RootOffer>, string][] = [
    [{ nonce: 77 }, 'UNKNOWN_TRANSFER'],
    [{ fee: TERMS.maxFee + 1 }, 'OFFER_FEE'],
    [{ position: POSITION - 1 }, 'OFFER_PROOF'],
    [{ position: 5 }, 'OFFER_PROOF'],
    [{ txRoot: ZERO }, 'OFFER_PROOF'],
    [{ proof }, 'OFFER_PROOF'],
    [{ transfers: 5 }, 'OFFER_PROOF'],
    [{ txRoot: '0x12' }, 'BAD_OFFER'],
    [{ number: 0 }, 'BAD_OFFER'],
    [{ shard: 64 }, 'BAD_OFFER'],
    [{ fee: 0.5 }, 'BAD_OFFER'],
    [{ nonce: -1 }, 'BAD_OFFER'],
    [{ proof: 'rubbish' as unknown as Uint8Array }, 'BAD_OFFER'],
  ]
  for (const [part, code] of offers) {
    assert.is(codeOf(await client.cosign({ ...OFFER, ...part })), code, JSON.stringify(part))
  }
  // A root with a leaf that pays less to the same receiver: not what was signed.
  const less = sparseOf(...ORDER)
  less.kind === 'sparse' && less.amountLo.set([1], POSITION)
  const changed = makeBatch({ sections: [less], absent: [] })
  assert.is(codeOf(await client.cosign(offerOf(changed))), 'OFFER_PROOF')
  assert.is(codeOf(await client.cosign(OFFER)), 'OK', 'none of these used the nonce up')
})

test('another transfer with the same nonce only when nothing signed can be executed', async () => {
  const { client } = await submitted()
  const first = { ...TERMS, notAfter: 100, nonce: 9 }
  const second = { ...first, amount: first.amount + 1n, notAfter: 300 }
  await client.submit(first)
  assert.is(codeOf(await client.submit(second)), 'OTHER_TRANSFER')
  assert.is(codeOf(await client.submit(second, { height: 100, lastClaim: 9 })), 'OTHER_TRANSFER')
  assert.is(codeOf(await client.submit(second, { height: 101, lastClaim: 0 })), 'OK')
  await client.cosign(OFFER)
  const third = { ...TERMS, amount: 1n }
  const final = { height: TERMS.notAfter + 1, lastClaim: OFFER.number - 1 }
  assert.is(codeOf(await client.submit(third, final)), 'OTHER_TRANSFER', 'the root may still come')
  assert.is(codeOf(await client.submit(third, { ...final, lastClaim: OFFER.number })), 'OK')
  for (const bad of [{ nonce: 2 ** 32 }, { amount: -1n }, { amount: 2n ** 64n }, { to: 2 ** 24 }]) {
    assert.is(codeOf(await client.submit({ ...TERMS, ...bad })), 'BAD_TRANSFER')
  }
})

test('a receipt is kept when its claim is final, and ends the nonce', async () => {
  const { client, at } = await submitted()
  const claim: Claim = {
    ...batch.facts,
    opRoot: ZERO,
    epoch: 1,
    sequencer: 0,
    bodyHash: ZERO,
    bodyBytes: batch.bytes.length,
    firstEntry: 1,
    entries: 5,
    feeAccount: 1,
    traceRoot: ZERO,
    exits: 0,
    exitRoot: ZERO,
    inboxTo: 0,
    consumed: [],
    outbox: [],
    supply: 10n,
    stateRoot: undefined,
    signature: new Uint8Array(96),
  }
  const transfer = batch.transfers[POSITION] as SignedTransfer
  const proof = batch.tree.proof(POSITION)
  const receipt = { transfer, claim: encodeClaim(claim), position: POSITION, proof }
  const isFinal = async (shard: number, number: number, hash: Hex) =>
    shard === 0 && number === 1 && hash === claimHash(claim)
  const codes = [
    codeOf(await client.keep({ ...receipt, transfer: { ...transfer, nonce: 70 } }, isFinal)),
    codeOf(await client.keep({ ...receipt, claim: new Uint8Array(9) }, isFinal)),
    codeOf(await client.keep({ ...receipt, position: 0 }, isFinal)),
    codeOf(await client.keep(receipt, async () => false)),
    codeOf(await client.keep(receipt, isFinal)),
    codeOf(await client.cosign(OFFER)),
    codeOf(await client.submit({ ...TERMS, amount: 3n }, { height: 1e9, lastClaim: 1e9 })),
  ]
  assert.equal(codes, [
    'UNKNOWN_TRANSFER',
    'RECEIPT_CLAIM',
    'RECEIPT_PROOF',
    'NOT_FINAL',
    'OK',
    'ALREADY_FINAL',
    'ALREADY_FINAL',
  ])
  const later = account(await FileCosignGuard.open(at))
  const kept = await later.keep({ ...receipt, claim: new Uint8Array(0) }, async () => false)
  assert.equal(kept, { ok: true, receipt: { ...receipt, transfer } })
})

test.run()

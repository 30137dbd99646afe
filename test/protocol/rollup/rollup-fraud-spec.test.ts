// docs/spec/rollup-fraud.md says what the code does: numbers of kinds, refusals, and a worked proof
// of a false credit. WRITE_DOCS=1 writes them.

import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { FRAUD_REFUSALS } from '../../../protocol/errors/fraud-refusals.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import { encodeFraudProof, FRAUD_KINDS } from '../../../protocol/rollup/fraud-proof.ts'
import { encodeOutgoing } from '../../../protocol/rollup/outgoing.ts'
import { verifyFraudProof } from '../../../protocol/rollup/verify-fraud.ts'
import { markdownTable, refusalTable, SpecPage, vectorText } from '../../kit/spec-page.ts'
import { History } from './fraud-world.ts'

const page = new SpecPage('rollup-fraud.md')
const CREDIT = { from: COHORT_SIZE, to: 0, amount: 7n, entry: 40, total: 7n }

/** Account 0 is registered with 10 units and was sent 7; the sequencer pays out 9. */
function worked() {
  const parcel = (amount: bigint) => {
    const leaf = encodeOutgoing({ ...CREDIT, amount })
    return { shard: 1, number: 3, leaves: new Uint32Array(leaf.buffer) }
  }
  const history = new History({ shard: 0, shards: 2 })
  history.add({
    inbox: [{ kind: 'register', index: 0, amount: 10n }],
    ...{ transfers: [], fee: 0, feeAccount: 0, states: true },
    ...{ parcels: [parcel(7n)], falseParcels: [parcel(9n)] },
  })
  return history.world()
}

test('the numbers of kinds and the refusals of the page', () => {
  const rows = FRAUD_KINDS.map((kind, number) => [String(number), `\`${kind}\``])
  page.checkTables({
    'fraud-kinds': markdownTable(['number', 'kind'], rows),
    'fraud-refusals': refusalTable(FRAUD_REFUSALS),
  })
})

test('the worked proof of the page, with its tree by plain hashing', () => {
  const { fraud, batches, ...rest } = worked()
  const proof = findFraud({ fraud, batches, ...rest }, hashPairsNative)
  assert.ok(proof)
  if (!proof) return
  const { trace } = batches[0] as (typeof batches)[number]
  const leaves = [0, 1].map((at) => new Uint8Array(trace.slice(16 * at, 16 * at + 16).buffer))
  const sha = (...parts: Uint8Array[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
  const [first, second] = leaves.map((leaf) => sha(leaf)) as [Buffer, Buffer]
  const count = new Uint8Array(32)
  count[0] = 2
  const [claim] = fraud.claims
  assert.is(claim?.traceRoot, `0x${sha(sha(first, second), count).toString('hex')}`)
  const bytes = encodeFraudProof(proof)
  const verdict = verifyFraudProof(fraud, bytes)
  assert.equal(verdict, { ok: true, kind: 'ARITHMETIC', number: 1, epoch: 1, sequencer: 1 })
  const leaf = bytesToHex(encodeOutgoing(CREDIT))
  assert.is(fraud.parcel?.(1, 3)?.root, leaf)
  page.checkVector(
    vectorText([
      ['trace leaf of the registration', bytesToHex(leaves[0] as Uint8Array)],
      ['trace leaf of the credit, false', bytesToHex(leaves[1] as Uint8Array)],
      ['traceRoot', claim?.traceRoot ?? ''],
      ["the parcel's only leaf, which is its root", leaf],
      ['proof', bytesToHex(bytes)],
    ]),
  )
})

test.run()

// docs/spec/rollup.md says what the code does: its numbers are those of the parameters, and its
// worked batch is computed here with the reference libraries. WRITE_DOCS=1 writes the batch.

import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bigintToBytes } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { verifyEd25519Strict } from '../../../protocol/crypto/ed25519-strict.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { checkSignatures } from '../../../protocol/rollup/check-signatures.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  encodeClaim,
  genesisParent,
  WITHOUT_OPERATIONS,
} from '../../../protocol/rollup/claim.ts'
import { cosignDigest, transferDigest, transferLeaf } from '../../../protocol/rollup/cosign.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import type { CosignerKeys } from '../../../protocol/rollup/signers.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { type SectionParts, writeBody } from '../../../protocol/rollup/write-body.ts'
import { SpecPage, vectorText } from '../../kit/spec-page.ts'

const page = new SpecPage('rollup.md')
const GENESIS: Hex = `0x${'11'.repeat(32)}`
const ZERO: Hex = `0x${'00'.repeat(32)}`
const NONCES = new Map([
  [1, 0],
  [3, 4],
  [5000, 0],
])
const nonceOf = (index: number) => NONCES.get(index) as number
const blsSecret = (index: number) => bigintToBytes(BigInt(index + 1), 32)
const seed = (index: number) => bigintToBytes(BigInt(index), 32)

/** Of the worked batch alone: single accounts, by noble. */
const keys: CosignerKeys = {
  verify(signers, digest, signature) {
    assert.is(signers.dense.length, 0)
    const all = Array.from(signers.sparse, (i) => blsNoble.publicKey(blsSecret(i)))
    return blsNoble.verifyAggregate(all, digest, signature)
  },
  cosignKey: () => undefined,
  spendKey: (index) => ed25519.getPublicKey(seed(index)),
}

function workedBatch() {
  const senders = [1, 3, 5000]
  const amounts = [10, 20, 30]
  const transfers = senders.map((from, i) => {
    const amount = BigInt(amounts[i] as number)
    return { from, nonce: nonceOf(from), to: 7, amount, maxFee: 5, notAfter: 900 }
  })
  const tree = new MerkleTree(hashPairsNoble)
  const room = tree.reserve(3)
  for (const [i, transfer] of transfers.entries()) room.set(transferLeaf(transfer), 32 * i)
  const txRoot = bytesToHex(tree.build())
  const parent = genesisParent(GENESIS, 0)
  const terms = { shard: 0, number: 1, parent, transfers: 3, fee: 2, txRoot }
  const root = cosignDigest(GENESIS, terms)
  const signature = blsNoble.aggregate([1, 3].map((i) => blsNoble.sign(blsSecret(i), root)))
  const last = transferDigest(GENESIS, transfers[2] as (typeof transfers)[0])
  const absent = {
    positions: Uint32Array.of(2),
    maxFees: Uint32Array.of(5),
    notAfters: Uint32Array.of(900),
    signatures: ed25519.sign(last, seed(5000)),
  }
  const column = (values: number[]) => Uint32Array.from(values)
  const sparse = (from: number): SectionParts => ({
    kind: 'sparse',
    from: column(senders.slice(from)),
    to: column([7, 7, 7].slice(from)),
    amountLo: column(amounts.slice(from)),
    amountHi: column([0, 0, 0].slice(from)),
  })
  const present = new Uint8Array(512)
  present[0] = 0b1010
  const dense: SectionParts = {
    kind: 'dense',
    cohort: 0,
    present,
    to: column([7, 7]),
    amount: column([10, 20]),
  }
  const parts = { shard: 0, number: 1, signature, absent }
  const body = writeBody({ ...parts, sections: [sparse(0)] })
  const denseBody = writeBody({ ...parts, sections: [dense, sparse(2)] })
  return { terms, transfers, tree, root, last, body, denseBody, signature }
}

function vector() {
  const { terms, transfers, tree, root, last, body, denseBody } = workedBatch()
  const claim: Claim = {
    ...WITHOUT_OPERATIONS,
    ...terms,
    epoch: 0,
    sequencer: 0,
    bodyHash: bytesToHex(sha256(body)),
    bodyBytes: body.length,
    notAfter: 900,
    firstEntry: 1,
    entries: 4,
    feeAccount: 0,
    traceRoot: ZERO,
    exits: 0,
    exitRoot: ZERO,
    inboxTo: 0,
    consumed: [],
    outbox: [],
    supply: 0n,
    stateRoot: undefined,
    signature: new Uint8Array(96),
  }
  const hash = claimHash(claim)
  const rows: [string, Hex][] = [
    ['genesisHash', GENESIS],
    ['parent', terms.parent],
    ['leaf of 3', bytesToHex(transferLeaf(transfers[1] as (typeof transfers)[0]))],
    ['txRoot', terms.txRoot],
    ['proof of 3', bytesToHex(tree.proof(1))],
    ['co-sign digest', bytesToHex(root)],
    ['transfer digest of 5000', bytesToHex(last)],
    ['body', bytesToHex(body)],
    ['bodyHash', claim.bodyHash],
    ['bodyHash with 1 and 3 in a dense section', bytesToHex(sha256(denseBody))],
    ['claim', bytesToHex(encodeClaim(claim))],
    ['claim hash', hash],
    ['claim digest', bytesToHex(claimDigest(GENESIS, hash))],
  ]
  return {
    text: vectorText(rows),
    claim,
    body,
    denseBody,
  }
}

test('the worked batch of the page', () => {
  page.checkVector(vector().text)
})

test('its signatures hold, in both bodies', () => {
  const { claim, body, denseBody } = vector()
  for (const bytes of [body, denseBody]) {
    const read = readBody(bytes)
    if (!read.ok) throw new Error(read.code)
    const byIndex: CosignerKeys = {
      ...keys,
      // A dense section as the single accounts that it stands for.
      verify: ({ dense, sparse }, digest, signature) => {
        const members = dense.flatMap(({ present }) =>
          [0, 1, 2, 3, 4].filter((m) => ((present?.[0] ?? 0) >> m) & 1),
        )
        const all = Uint32Array.from([...members, ...sparse])
        return keys.verify({ dense: [], sparse: all }, digest, signature)
      },
    }
    const check = checkSignatures(read.body, claim, GENESIS, nonceOf, byIndex, verifyEd25519Strict)
    assert.equal(check, { ok: true })
  }
})

test('the numbers of the page are the parameters', () => {
  page.checkParameters(13)
  assert.is(hexToBytes(ROLLUP_ADDRESS).length, 20)
})

test.run()

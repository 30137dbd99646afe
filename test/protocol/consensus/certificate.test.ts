// Votes and certificates under real BLS: what verifies, what does not, and who is caught lying.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import {
  type Certificate,
  decodeCertificate,
  encodeCertificate,
  verifyCertificate,
} from '../../../protocol/consensus/certificate.ts'
import { decodeMessage, encodeMessage } from '../../../protocol/consensus/consensus-message.ts'
import type { Validator } from '../../../protocol/consensus/validator-set.ts'
import {
  FINALIZE,
  NO_BLOCK,
  NOTARIZE,
  NULLIFY,
  type Vote,
  type VoteKind,
  voteDigest,
} from '../../../protocol/consensus/vote.ts'
import { VoteBook } from '../../../protocol/consensus/vote-book.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import {
  encodeEvidence,
  isSigned,
  makeEvidence,
  readEvidence,
  type SignedMessage,
} from '../../../protocol/staking/evidence.ts'
import { rulesOf, validatorOf } from './rules-of.ts'

const bls = blsNative
const keys = [1, 2, 3, 4].map((tag) => new Uint8Array(32).fill(tag))
const rules = rulesOf(
  0,
  keys.map((key, index) => validatorOf({ index, blsPublicKey: bytesToHex(bls.publicKey(key)) })),
  { epoch: 0 },
)
const chain = { chainId: 1337n, genesisHash: `0x${'11'.repeat(32)}` as const }
const block = `0x${'ab'.repeat(32)}` as const
const other = `0x${'cd'.repeat(32)}` as const

function vote(signer: number, kind: VoteKind, blockHash: Vote['blockHash'], view = 7): Vote {
  const digest = voteDigest(chain, kind, 0, view, blockHash)
  const signature = bls.sign(keys[signer] as Uint8Array, digest)
  return { kind, epoch: 0, view, blockHash, signer, signature }
}

function certify(signers: number[]): Certificate {
  const signature = bls.aggregate(signers.map((i) => vote(i, FINALIZE, block).signature))
  return { kind: FINALIZE, epoch: 0, view: 7, blockHash: block, signers, signature }
}

test('a quorum’s certificate verifies, natively and by noble; nothing else does', () => {
  const certificate = certify([0, 1, 3])
  assert.equal(verifyCertificate(certificate, rules, chain, bls), { ok: true })
  assert.equal(verifyCertificate(certificate, rules, chain, blsNoble), { ok: true })
  const refused = (changed: Certificate, code: string) =>
    assert.equal(verifyCertificate(changed, rules, chain, bls), { ok: false, code })
  refused({ ...certificate, epoch: 1 }, 'WRONG_EPOCH')
  refused({ ...certificate, signers: [0, 1, 9] }, 'UNKNOWN_SIGNER')
  refused(certify([0, 1]), 'NO_QUORUM')
  refused({ ...certificate, signers: [0, 1, 2] }, 'BAD_SIGNATURE')
  refused({ ...certificate, view: 8 }, 'BAD_SIGNATURE')
  refused({ ...certificate, kind: NOTARIZE }, 'BAD_SIGNATURE')
  refused({ ...certificate, blockHash: other }, 'BAD_SIGNATURE')
})

test('a changed byte of a certificate is refused', () => {
  const bytes = encodeCertificate(certify([0, 1, 2]))
  for (let i = 0; i < bytes.length; i += 3) {
    const changed = Uint8Array.from(bytes)
    changed[i] = (changed[i] as number) ^ 1
    let verdict: boolean
    try {
      verdict = verifyCertificate(decodeCertificate(changed), rules, chain, bls).ok
    } catch {
      verdict = false
    }
    assert.is(verdict, false, `byte ${i}`)
  }
})

test('bad signatures are thrown out, and the rest still make the certificate', () => {
  const book = new VoteBook({ rules, chain, bls })
  book.add({ ...vote(0, FINALIZE, block), signature: vote(1, FINALIZE, other).signature })
  book.add(vote(1, FINALIZE, block))
  book.add(vote(2, FINALIZE, block))
  assert.is(book.certify(FINALIZE, block), undefined)
  book.add(vote(3, FINALIZE, block))
  assert.equal(book.certify(FINALIZE, block)?.signers, [1, 2, 3])
})

/** The evidence that the staking module reads from what was found. */
function ruleOf(found: ReturnType<VoteBook['add']>): number | undefined {
  if (!found) return undefined
  const { signer, epoch, view } = found.votes[0]
  const { blsPublicKey } = rules.set.validators[signer] as Validator
  const [a, b] = found.votes.map(({ kind, blockHash: hash, signature }) => ({
    ...{ kind, hash, signature },
  })) as [SignedMessage, SignedMessage]
  const evidence = makeEvidence({ blsPublicKey, epoch, view }, [a, b])
  const read = evidence && readEvidence(encodeEvidence(evidence))
  if (!read || typeof read === 'string') return undefined
  return isSigned(read, chain, bls) ? read.rule : undefined
}

test('contradictions are found, and only genuine ones', () => {
  const book = new VoteBook({ rules, chain, bls })
  book.add(vote(0, NOTARIZE, block))
  assert.is(book.add(vote(0, NULLIFY, NO_BLOCK)), undefined, 'allowed after NOTARIZE')
  assert.is(ruleOf(book.add(vote(0, NOTARIZE, other))), 1)
  book.add(vote(1, FINALIZE, block))
  assert.is(ruleOf(book.add(vote(1, NULLIFY, NO_BLOCK))), 3)
  book.add(vote(2, FINALIZE, block))
  assert.is(ruleOf(book.add(vote(2, FINALIZE, other))), 2)
  book.add(vote(3, FINALIZE, block))
  const forged = { ...vote(3, FINALIZE, other), signature: vote(2, FINALIZE, other).signature }
  assert.is(book.add(forged), undefined, 'nobody is framed')
})

test('messages survive the round trip, and rubbish is refused without an exception', () => {
  const message = { type: 'vote', vote: vote(0, NOTARIZE, block) } as const
  assert.equal(decodeMessage(encodeMessage(message)), message)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeMessage(bytes)))
  const good = encodeMessage(message)
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
      const changed = Uint8Array.from(good)
      changed[at] = byte
      decodeMessage(changed)
    }),
  )
})

test.run()

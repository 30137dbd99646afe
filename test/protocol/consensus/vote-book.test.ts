// The book of one view's votes: a lie is found even behind a forged vote, and a flood is bounded.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import { FINALIZE, NOTARIZE, type Vote, voteDigest } from '../../../protocol/consensus/vote.ts'
import { VoteBook } from '../../../protocol/consensus/vote-book.ts'
import { simBls as bls } from '../../sim/sim-crypto.ts'
import { rulesOf, validatorOf } from './rules-of.ts'

const keys = [1, 2, 3, 4].map((tag) => new Uint8Array(32).fill(tag))
const rules = rulesOf(
  0,
  keys.map((key, index) => validatorOf({ index, blsPublicKey: bytesToHex(bls.publicKey(key)) })),
  { epoch: 0 },
)
const chain = { chainId: 1n, genesisHash: `0x${'11'.repeat(32)}` } as const
const hash = (tag: number) => bytesToHex(new Uint8Array(32).fill(tag))

function vote(signer: number, kind: Vote['kind'], tag: number, signedBy = signer): Vote {
  const digest = voteDigest(chain, kind, 0, 7, hash(tag))
  const signature = bls.sign(keys[signedBy] as Uint8Array, digest)
  return { kind, epoch: 0, view: 7, blockHash: hash(tag), signer, signature }
}

test('a forged first vote does not hide two genuine ones that contradict each other', () => {
  const book = new VoteBook({ rules, chain, bls })
  assert.is(book.add(vote(0, NOTARIZE, 1, 3)), undefined)
  assert.is(book.add(vote(0, NOTARIZE, 2)), undefined)
  const found = book.add(vote(0, NOTARIZE, 3))
  assert.equal(
    found?.votes.map((one) => one.blockHash),
    [hash(2), hash(3)],
  )
})

test('a flood of one signer is bounded, and does not keep the others from a certificate', () => {
  const book = new VoteBook({ rules, chain, bls })
  for (let tag = 10; tag < 200; tag++) book.add(vote(0, NOTARIZE, tag, 3))
  assert.is(book.votesFor(NOTARIZE, hash(199)), 0)
  for (const signer of [1, 2]) book.add(vote(signer, FINALIZE, 1))
  assert.is(book.certify(FINALIZE, hash(1)), undefined)
  book.add(vote(3, FINALIZE, 1))
  assert.equal(book.certify(FINALIZE, hash(1))?.signers, [1, 2, 3])
})

test('a forged vote is thrown out when it spoils a certificate, and the genuine one may come', () => {
  const book = new VoteBook({ rules, chain, bls })
  for (const signer of [1, 2]) book.add(vote(signer, FINALIZE, 1))
  book.add(vote(0, FINALIZE, 1, 3))
  assert.is(book.certify(FINALIZE, hash(1)), undefined)
  book.add(vote(0, FINALIZE, 1))
  assert.equal(book.certify(FINALIZE, hash(1))?.signers, [0, 1, 2])
})

test.run()

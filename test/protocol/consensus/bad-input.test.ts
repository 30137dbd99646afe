// What a core is sent by peers that are malformed, wrong, late, early, or lie: each is counted by
// its code and changes nothing of what the core holds, signs or sends.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import { checkpointHash } from '../../../protocol/consensus/checkpoint.ts'
import {
  type ConsensusMessage,
  decodeMessage,
  encodeMessage,
} from '../../../protocol/consensus/consensus-message.ts'
import {
  CHECKPOINT,
  FINALIZE,
  NO_BLOCK,
  NOTARIZE,
  NULLIFY,
  type VoteKind,
} from '../../../protocol/consensus/vote.ts'
import { FUTURE_VIEWS_BUFFERED } from '../../../protocol/params.ts'
import { encodeRlp } from '../../../protocol/rlp/rlp.ts'
import {
  A,
  B,
  BLOCK,
  blockOf,
  certificate,
  certificateOf,
  checkpoint,
  deeds,
  EPOCH,
  FAR,
  freshCore,
  give,
  heldBy,
  LEADER,
  OTHER_CHAIN,
  OTHERS,
  PARENT,
  propose,
  SELF,
  v,
  vote,
  voteOf,
} from './bad-input-world.ts'

const three = OTHERS
const forgedKey = new Uint8Array(32).fill(99)
const forgedBy = (signers: readonly number[], kind: VoteKind, hash: Hex) =>
  certificateOf(signers, kind, hash, { key: forgedKey })
const roundHash = checkpointHash(checkpoint)
const atCheckpoint = { epoch: EPOCH - 1, view: 0 }

type Case = readonly [what: string, code: string, message: ConsensusMessage, from?: number]

const CASES: readonly Case[] = [
  // votes
  [
    'a vote of nobody',
    'refused-malformed-vote',
    vote({ ...voteOf(A, NOTARIZE, BLOCK), signer: 9 }),
  ],
  ['a NULLIFY for a block', 'refused-malformed-vote', vote(voteOf(A, NULLIFY, BLOCK))],
  ['a NOTARIZE for no block', 'refused-malformed-vote', vote(voteOf(A, NOTARIZE, NO_BLOCK))],
  ['a vote of another', 'refused-vote-of-another', vote(voteOf(B, NOTARIZE, BLOCK))],
  [
    'a forged vote of ours',
    'refused-vote-of-ours',
    vote(voteOf(SELF, NOTARIZE, BLOCK, { key: forgedKey })),
  ],
  [
    'a vote of a past epoch',
    'refused-vote-not-current',
    vote(voteOf(A, NOTARIZE, BLOCK, { epoch: 4 })),
  ],
  [
    'a vote of a far epoch',
    'refused-vote-not-current',
    vote(voteOf(A, NOTARIZE, BLOCK, { epoch: 7 })),
  ],
  [
    'a vote of a far view',
    'refused-vote-not-current',
    vote(voteOf(A, NOTARIZE, BLOCK, { view: FAR })),
  ],
  // certificates
  [
    'a certificate of a past epoch',
    'certificate-not-current',
    certificate(certificateOf(three, NOTARIZE, BLOCK, { epoch: 4 })),
  ],
  [
    'a certificate of a far view',
    'certificate-not-current',
    certificate(certificateOf(three, NULLIFY, NO_BLOCK, { view: FAR })),
  ],
  [
    'a forged NOTARIZE certificate',
    'refused-forged-certificate',
    certificate(forgedBy(three, NOTARIZE, BLOCK)),
  ],
  [
    'a forged NULLIFY certificate',
    'refused-forged-certificate',
    certificate(forgedBy(three, NULLIFY, NO_BLOCK)),
  ],
  [
    'a forged FINALIZE certificate of a far view',
    'refused-forged-certificate',
    certificate({ ...forgedBy(three, FINALIZE, BLOCK), view: 1e9 }),
  ],
  [
    'a certificate of too few',
    'refused-forged-certificate',
    certificate(certificateOf([A, B], NOTARIZE, BLOCK)),
  ],
  [
    'a bitmap that names one more',
    'refused-forged-certificate',
    certificate({ ...certificateOf([A, B], NOTARIZE, BLOCK), signers: three }),
  ],
  [
    'a bitmap that names nobody we know',
    'refused-forged-certificate',
    certificate({ ...certificateOf(three, NOTARIZE, BLOCK), signers: [0, 1, 200] }),
  ],
  [
    'votes of one kind as a certificate of another',
    'refused-forged-certificate',
    certificate({ ...certificateOf(three, NOTARIZE, BLOCK), kind: FINALIZE }),
  ],
  [
    'a certificate of another block',
    'refused-forged-certificate',
    certificate({ ...certificateOf(three, NOTARIZE, BLOCK), blockHash: PARENT }),
  ],
  [
    'a certificate of another chain',
    'refused-forged-certificate',
    certificate(certificateOf(three, NOTARIZE, BLOCK, { chain: OTHER_CHAIN })),
  ],
  [
    'a certificate replayed into this epoch',
    'refused-forged-certificate',
    certificate({ ...certificateOf(three, NOTARIZE, BLOCK, { epoch: 4 }), epoch: EPOCH }),
  ],
  // proposals
  ['a proposal of a past epoch', 'refused-proposal-not-current', propose({ epoch: 4 })],
  ['a proposal of a far view', 'refused-proposal-not-current', propose({ view: FAR })],
  [
    'a block that is none',
    'refused-malformed-proposal',
    propose({ block: Uint8Array.of(1, 2, 3) }),
  ],
  [
    'a proposal of another proposer',
    'refused-not-from-the-leader',
    propose({ proposer: A, signer: A }),
  ],
  ['a proposal that another signed', 'refused-forged-proposal', propose({ signer: A })],
  ['a proposal of another chain', 'refused-forged-proposal', propose({ chain: OTHER_CHAIN })],
  [
    'a proposal under another validator set',
    'refused-wrong-validator-set',
    propose({ setHash: PARENT }),
  ],
  [
    'a block of another epoch',
    'refused-block-of-another-epoch',
    propose({ block: blockOf({ epoch: 4 }) }),
  ],
  ['a block of another view', 'refused-wrong-block-view', propose({ block: blockOf({ view: 2 }) })],
  [
    'a parent that it does not name',
    'refused-wrong-parent-view',
    propose({ block: blockOf({ parentView: 7 }) }),
  ],
  // status, get
  [
    'a forged certificate in a status',
    'refused-forged-certificate',
    {
      type: 'status',
      epoch: EPOCH,
      view: 1,
      finalHeight: 99,
      final: forgedBy(three, FINALIZE, BLOCK),
    },
  ],
  [
    'a range that ends before it begins',
    'refused-malformed-get',
    { type: 'get', epoch: EPOCH, from: 9, to: 3 },
  ],
  // stake checkpoint
  [
    'a checkpoint of another epoch',
    'refused-checkpoint-of-another-epoch',
    vote(voteOf(A, CHECKPOINT, roundHash, { epoch: 4, view: 7 })),
  ],
  [
    'a checkpoint vote of nobody',
    'refused-unknown-signer',
    vote({ ...voteOf(A, CHECKPOINT, roundHash, atCheckpoint), signer: 9 }),
  ],
  [
    'a checkpoint of another block',
    'refused-checkpoint-of-another-block',
    certificate(certificateOf(three, CHECKPOINT, BLOCK, atCheckpoint)),
  ],
  [
    'a forged checkpoint',
    'refused-forged-certificate',
    certificate(certificateOf(three, CHECKPOINT, roundHash, { ...atCheckpoint, key: forgedKey })),
  ],
  [
    'a checkpoint of too little stake',
    'refused-forged-certificate',
    certificate(certificateOf([A, B], CHECKPOINT, roundHash, atCheckpoint)),
  ],
]

for (const [what, code, message, from = A] of CASES) {
  test(`${what}: counted, and nothing changes`, () => {
    const core = freshCore()
    const held = heldBy(core)
    const effects = give(core, message, from)
    assert.is(core.view?.counts.get(code), 1, `${code} in ${[...(core.view?.counts.keys() ?? [])]}`)
    assert.equal(deeds(effects), [])
    assert.is(heldBy(core), held)
    const [refused] = effects.filter(({ type }) => type === 'refused')
    const blamed = /forged|malformed|leader|another$/.test(code)
    if (refused?.type === 'refused' && blamed && what !== 'a vote of nobody') {
      assert.is(refused.from, v(from), 'its sender is named')
    }
  })
}

for (const [what, fields] of [
  ['another chain', { chain: OTHER_CHAIN }],
  ['keys that are nobody’s', { key: forgedKey }],
] as const) {
  test(`votes of ${what}: no certificate comes of them, and the rest still makes one`, () => {
    const core = freshCore()
    const held = heldBy(core)
    for (const one of OTHERS) give(core, vote(voteOf(one, NULLIFY, NO_BLOCK, fields)), one)
    assert.is(core.view?.counts.get('refused-forged-vote'), 3)
    assert.is(heldBy(core), held)
    for (const one of OTHERS) give(core, vote(voteOf(one, NULLIFY, NO_BLOCK)), one)
    assert.is(core.view?.view, 2)
  })
}

test('what comes twice is counted and changes nothing the second time', () => {
  const core = freshCore()
  const nullify = certificate(certificateOf(OTHERS, NULLIFY, NO_BLOCK, { view: 2 }))
  const twice: [string, ConsensusMessage, number][] = [
    ['vote-known', vote(voteOf(A, NULLIFY, NO_BLOCK)), A],
    ['certificate-known', nullify, B],
    ['proposal-known', propose(), LEADER],
  ]
  for (const [code, message, from] of twice) {
    give(core, message, from)
    const held = heldBy(core)
    assert.is(core.view?.counts.get(code), undefined)
    assert.equal(deeds(give(core, message, from)), [], code)
    assert.is(core.view?.counts.get(code), 1)
    assert.is(heldBy(core), held)
  }
})

test('contradictions are evidence: of votes, of proposals, of checkpoints', () => {
  const core = freshCore()
  give(core, vote(voteOf(A, NOTARIZE, BLOCK)), A)
  give(core, vote(voteOf(A, NOTARIZE, PARENT)), A)
  give(core, vote(voteOf(B, FINALIZE, BLOCK)), B)
  give(core, vote(voteOf(B, NULLIFY, NO_BLOCK)), B)
  give(core, propose(), LEADER)
  give(core, propose({ tag: 1 }), LEADER)
  for (const rule of ['E1', 'E3', 'E4'])
    assert.is(core.view?.counts.get(`evidence-${rule}`), 1, rule)
  const forged = voteOf(LEADER, NOTARIZE, PARENT, { key: forgedKey })
  give(core, vote(voteOf(LEADER, NOTARIZE, BLOCK)), LEADER)
  give(core, vote(forged), LEADER)
  assert.is(core.view?.counts.get('evidence-E1'), 1, 'nobody is framed')
})

test('a block from the future is not voted for', () => {
  const core = freshCore()
  const effects = give(core, propose({ aheadMs: 501 }), LEADER)
  assert.is(core.view?.counts.get('proposal-ahead-of-clock'), 1)
  assert.not.ok(effects.some(({ type }) => type === 'persist' || type === 'check'))
})

test('a flood of messages of the next epoch is bounded', () => {
  const core = freshCore()
  for (let i = 0; i < 1100; i++) {
    give(core, vote(voteOf(A, NOTARIZE, BLOCK, { epoch: EPOCH + 1, view: 1 + i })), A)
  }
  assert.ok((core.view?.early.length ?? 0) <= 1024)
  assert.ok((core.view?.counts.get('early-dropped') ?? 0) > 0)
})

test('an answer to a greedy range is bounded, and a lie about heights asks only', () => {
  const core = freshCore()
  const greedy = give(core, { type: 'get', epoch: EPOCH, from: 0, to: 2 ** 40 }, A)
  assert.ok(greedy.length <= 4 * (FUTURE_VIEWS_BUFFERED + 1))
  const held = heldBy(core)
  const status = { type: 'status', epoch: 2 ** 31, view: 1, finalHeight: 2 ** 40 } as const
  give(core, { ...status, final: undefined }, A)
  assert.is(heldBy(core), held)
})

test('what cannot be decoded is no message', () => {
  const good = certificateOf(OTHERS, NOTARIZE, BLOCK)
  const tail = [hexToBytes(BLOCK), Uint8Array.of(7), good.signature]
  const bitmap = (bits: Uint8Array) =>
    encodeRlp([
      Uint8Array.of(3),
      encodeRlp([
        Uint8Array.of(1),
        Uint8Array.of(EPOCH),
        Uint8Array.of(1),
        tail[0] as Uint8Array,
        bits,
        good.signature,
      ]),
    ])
  assert.ok(decodeMessage(bitmap(Uint8Array.of(7))), 'the form is right')
  const bad = [
    bitmap(new Uint8Array(0)),
    bitmap(Uint8Array.of(7, 0)),
    bitmap(new Uint8Array(33).fill(1)),
    encodeMessage(certificate(good)).slice(0, -1),
    new Uint8Array([...encodeMessage(certificate(good)), 0]),
    encodeRlp([Uint8Array.of(9)]),
    encodeRlp([Uint8Array.of(2), Uint8Array.of(9), Uint8Array.of(1)]),
    encodeRlp([Uint8Array.of(3), encodeCertificate(good), Uint8Array.of(1)]),
    new Uint8Array(1 << 20),
    new Uint8Array(0),
  ]
  for (const [i, bytes] of bad.entries()) assert.is(decodeMessage(bytes), undefined, `case ${i}`)
})

test.run()

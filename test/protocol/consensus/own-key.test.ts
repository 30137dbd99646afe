// The safety of one's own key: what this node signed is remembered exactly, and signs of the key
// being used elsewhere end all signing.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import type { Certificate } from '../../../protocol/consensus/certificate.ts'
import { checkpointHash } from '../../../protocol/consensus/checkpoint.ts'
import { decodeMessage } from '../../../protocol/consensus/consensus-message.ts'
import { Simplex } from '../../../protocol/consensus/simplex.ts'
import type {
  Following,
  SignRecord,
  SimplexConfig,
  SimplexEffect,
} from '../../../protocol/consensus/simplex-types.ts'
import {
  CHECKPOINT,
  FINALIZE,
  NO_BLOCK,
  NULLIFY,
  type VoteKind,
  voteDigest,
} from '../../../protocol/consensus/vote.ts'
import { simBls as bls, simVrf as vrf } from '../../sim/sim-crypto.ts'
import { rulesOf, validatorOf } from './rules-of.ts'

const keys = [1, 2, 3, 4].map((tag) => new Uint8Array(32).fill(tag))
const validators = keys.map((key, index) =>
  validatorOf({ index, blsPublicKey: bytesToHex(bls.publicKey(key)) }),
)
const chain = { chainId: 1n, genesisHash: `0x${'11'.repeat(32)}` } as const
const HASH = `0x${'ab'.repeat(32)}` as const
const rules = (epoch: number) => rulesOf(0, validators, { epoch })
const ME = 3

function vote(signer: number, kind: VoteKind, epoch: number, view: number, blockHash = HASH) {
  const digest = voteDigest(chain, kind, epoch, view, blockHash)
  const signature = bls.sign(keys[signer] as Uint8Array, digest)
  return { kind, epoch, view, blockHash, signer, signature } as const
}

function open(over: Partial<SimplexConfig> = {}, start: object = {}) {
  const core = new Simplex({
    ...{ chain, bls, vrf, node: `v${ME}` },
    peers: validators.map(({ index, blsPublicKey }) => ({ node: `v${index}`, blsPublicKey })),
    keys: {
      blsPublicKey: bytesToHex(bls.publicKey(keys[ME] as Uint8Array)),
      secretKey: keys[ME] as Uint8Array,
      vrfSecretKey: keys[ME] as Uint8Array,
    },
    ...{ deltaMaxMs: 5000, emptyBlockIntervalMs: 2000, statusIntervalMs: 1000 },
    clockAheadMaxMs: 500,
    ...over,
  })
  const at = { hash: chain.genesisHash, height: 0, epoch: 0, view: 0, timestampMs: 0 }
  const final = { ...at, certificate: undefined }
  const following: Following = { rules: rules(0), checkpoint: undefined }
  const records: SignRecord[] = []
  const given = { final, following, records, signedTo: undefined, ...start }
  const effects = core.handle({ type: 'start', ...given }, { now: 0, wall: 0 })
  return { core, effects }
}

/** Votes that the core has made durable on the way out. */
function persisted(effects: readonly SimplexEffect[]) {
  return effects.flatMap((effect) => (effect.type === 'persist' ? effect.records : []))
}

function timeOut(core: Simplex, view: number): readonly SimplexEffect[] {
  const now = { now: 10_000 * view, wall: 0 }
  core.handle({ type: 'transaction-waiting' }, now)
  return core.handle({ type: 'timer', name: 'advance' }, now)
}

test('a restarted core whose own vote is a quorum goes on with it', () => {
  const only = validatorOf({ index: 0, blsPublicKey: bytesToHex(bls.publicKey(keys[ME] as never)) })
  const following = { rules: rulesOf(0, [only], { epoch: 0 }), checkpoint: undefined }
  const [record] = persisted(timeOut(open({}, { following }).core, 1))
  assert.is(record?.slot, NULLIFY)
  // The power went after the record was written and before anybody counted the vote.
  const { core } = open({}, { following, records: [record], signedTo: { epoch: 0, view: 1 } })
  assert.is(core.view?.view, 2)
})

test('a restarted core sends the same bytes again, and signs nothing that contradicts them', () => {
  const first = open().core
  const [record] = persisted(timeOut(first, 1))
  assert.ok(record)
  assert.is(record.slot, NULLIFY)
  const { core } = open({}, { records: [record], signedTo: { epoch: 0, view: 1 } })
  const effects = core.handle({ type: 'timer', name: 'rebroadcast' }, { now: 1, wall: 0 })
  const sent = effects.flatMap((one) => (one.type === 'broadcast' ? [one.message] : []))
  assert.ok(sent.some((message) => bytesToHex(message) === bytesToHex(record.message)))
  assert.equal(persisted(timeOut(core, 1)), [], 'signed once')
})

test('nothing is signed below the highest view on record', () => {
  const { core } = open({}, { signedTo: { epoch: 0, view: 5 } })
  assert.equal(persisted(timeOut(core, 1)), [])
})

test('with an older chain nothing is signed where the record of what was signed is gone', () => {
  const same = open({}, { signedTo: { epoch: 0, view: 1 } }).core
  assert.equal(persisted(timeOut(same, 1)), [], 'in a view that was final once')
  const before = open({}, { signedTo: { epoch: 1, view: 3 } }).core
  assert.equal(persisted(timeOut(before, 1)), [], 'in an epoch that had ended')
  const [record] = persisted(timeOut(open({}, { signedTo: { epoch: 0, view: 0 } }).core, 1))
  assert.is(record?.slot, NULLIFY, 'where nothing was signed')
})

test('a certificate with our signature that we have no record of ends all signing', () => {
  const { core } = open()
  const votes = [0, 1, ME].map((signer) => vote(signer, FINALIZE, 0, 7))
  const certificate: Certificate = {
    ...{ kind: FINALIZE, epoch: 0, view: 7, blockHash: HASH, signers: [0, 1, ME] },
    signature: bls.aggregate(votes.map(({ signature }) => signature)),
  }
  const message = { type: 'certificate', certificate } as const
  core.handle({ type: 'message', from: 'v0', message }, { now: 1, wall: 0 })
  assert.match(core.view?.silenced ?? '', /no record of/)
  assert.equal(persisted(timeOut(core, 8)), [])
  const without = open().core
  const others = { ...certificate, signers: [0, 1, 2] }
  const three = [0, 1, 2].map((signer) => vote(signer, FINALIZE, 0, 7).signature)
  const honest = { ...others, signature: bls.aggregate(three) }
  without.handle(
    { type: 'message', from: 'v0', message: { type: 'certificate', certificate: honest } },
    { now: 1, wall: 0 },
  )
  assert.is(without.view?.silenced, undefined)
})

test('a genuine vote of our key from another node ends all signing; a forged one does not', () => {
  for (const signer of [ME, 0]) {
    const { core } = open()
    const twin = { ...vote(signer, NULLIFY, 0, 1, NO_BLOCK), signer: ME }
    const message = { type: 'vote', vote: twin } as const
    core.handle({ type: 'message', from: 'v2', message }, { now: 1, wall: 0 })
    assert.is(core.view?.silenced !== undefined, signer === ME)
    assert.is(core.view?.counts.get('refused-vote-of-ours'), 1)
  }
})

test('with lost records nothing is signed until two epochs have ended', () => {
  const lost = { lostSignState: true }
  const { core } = open(lost)
  assert.equal(persisted(timeOut(core, 1)), [])
  for (const epoch of [1, 2]) {
    const following = { rules: rules(epoch), checkpoint: undefined }
    const later = open(lost).core
    // The epochs pass while the same core runs.
    later.view?.useRules(following.rules)
    assert.is(persisted(timeOut(later, 1)).length > 0, epoch >= 2, `epoch ${epoch}`)
  }
})

test('an epoch is checkpointed once: the same bytes after a restart, or silence', () => {
  const digest = {
    mode: 0,
    setHash: HASH,
    balancedStake: { numerator: 1n, denominator: 3n },
  } as const
  const at = { epoch: 0, height: 600, next: digest, announced: digest }
  const checkpoint = { ...at, blockHash: HASH }
  const round = { checkpoint, rules: rules(0), certified: false }
  const following = { rules: rules(1), checkpoint: round }
  const [record] = persisted(open({}, { following }).effects)
  assert.ok(record)
  const decoded = decodeMessage(record.message)
  assert.ok(decoded?.type === 'vote' && decoded.vote.kind === CHECKPOINT)
  assert.is(decoded.vote.blockHash, checkpointHash(checkpoint))
  const again = open({}, { following, records: [record] })
  assert.equal(persisted(again.effects), [], 'not signed again')
  const other = { ...round, checkpoint: { ...checkpoint, height: 601 } }
  const changed = open({}, { following: { ...following, checkpoint: other }, records: [record] })
  assert.match(changed.core.view?.silenced ?? '', /another checkpoint/)
  assert.equal(persisted(changed.effects), [])
})

test.run()

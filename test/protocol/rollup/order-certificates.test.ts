// Certificates of committees beside the claims of a block: where shards have committees a claim is
// ordered with the certificate of its own shard's committee for just this claim, and nothing else;
// where they have none, a block brings none.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeSidecar, encodeSidecar, plainSidecar } from '../../../protocol/block/sidecar.ts'
import { lighterSidecar } from '../../../protocol/execution/lighter-sidecar.ts'
import { decodeRlp, encodeRlp, RlpError } from '../../../protocol/rlp/rlp.ts'
import {
  attestationDigest,
  encodeBatchCertificate,
} from '../../../protocol/rollup/batch-certificate.ts'
import { type Claim, claimHash } from '../../../protocol/rollup/claim.ts'
import { drawCommittee } from '../../../protocol/rollup/committee.ts'
import { simBls } from '../../sim/sim-crypto.ts'
import {
  account,
  GENESIS_HASH,
  RollupWorld,
  rulesOf,
  secretOf,
  validatorSet,
} from './rollup-world.ts'

const SEATS = 4

/** Two shards of seven authorities, so that the committees differ. */
function committeeWorld(committee = SEATS): RollupWorld {
  const genesis = { shards: 2, accounts: 4096 + 8, balance: 1000n, owner: account(9) }
  const world = new RollupWorld({ ...genesis, committee })
  world.rules = rulesOf(validatorSet(7))
  world.next(60_000)
  return world
}

const membersOf = ({ rules }: RollupWorld, shard: number) =>
  drawCommittee(rules, shard, SEATS).members.map(({ validator }) => validator)

function certificate(
  { rules }: RollupWorld,
  claim: Claim,
  places: readonly number[],
  { shard = claim.shard, of = claim, genesisHash = GENESIS_HASH } = {},
): Uint8Array {
  const { members } = drawCommittee(rules, shard, SEATS)
  const digest = attestationDigest(genesisHash, claimHash(of))
  const keys = places.map((place) => secretOf(members[place]?.validator ?? 0))
  const signature = simBls.aggregate(keys.map((key) => simBls.sign(key, digest)))
  return encodeBatchCertificate({ signers: places, signature })
}

function claimOf(world: RollupWorld, shard: number): Claim {
  const from = 4096 * shard
  const transfers = [{ from, to: from + 1, amount: 5n }]
  return world.sign(world.batch({ transfers, feeAccount: from }, shard).claim)
}

test('a claim needs the certificate of its own committee, for itself', () => {
  const world = committeeWorld()
  const claim = claimOf(world, 0)
  assert.not.equal(membersOf(world, 0), membersOf(world, 1))
  const refused = (bytes: Uint8Array) => world.order([claim], [bytes])
  assert.is(world.order([claim]), 'NO_CERTIFICATE')
  const all = [0, 1, 2, 3]
  assert.is(refused(certificate(world, claim, [0, 1])), 'BAD_CERTIFICATE')
  assert.is(refused(certificate(world, claim, all, { shard: 1 })), 'BAD_CERTIFICATE')
  const other = { ...claim, fee: 1 }
  assert.is(refused(certificate(world, claim, all, { of: other })), 'BAD_CERTIFICATE')
  const genesisHash = `0x${'00'.repeat(32)}` as const
  assert.is(refused(certificate(world, claim, all, { genesisHash })), 'BAD_CERTIFICATE')
  assert.is(refused(certificate(world, claim, [...all, 4])), 'BAD_CERTIFICATE')
  assert.is(refused(new Uint8Array(0)), 'BAD_CERTIFICATE')
  assert.is(refused(new Uint8Array(300)), 'BAD_CERTIFICATE')
  // The sequencer's signature is no less needed.
  const unsigned = { ...claim, signature: new Uint8Array(96) }
  assert.is(world.order([unsigned], [certificate(world, claim, all)]), 'BAD_SIGNATURE')
  assert.is(refused(certificate(world, claim, [0, 1, 3])), '')
  assert.is(world.headOf(0).hash, claimHash(claim))
})

test('each claim of a block has its own, in their order, and there are no more', () => {
  const world = committeeWorld()
  const claims = [claimOf(world, 1), claimOf(world, 0)] as const
  const [a, b] = claims.map((claim) => certificate(world, claim, [1, 2, 3])) as [
    Uint8Array,
    Uint8Array,
  ]
  assert.is(world.order(claims, [b, a]), 'BAD_CERTIFICATE')
  assert.is(world.order(claims, [a]), 'NO_CERTIFICATE')
  assert.is(world.order(claims, [a, b, b]), 'BAD_CERTIFICATE')
  assert.is(world.order([], [a]), 'BAD_CERTIFICATE')
  assert.equal([world.headOf(0).number, world.headOf(1).number], [0, 0])
  assert.is(world.order(claims, [a, b]), '')
})

test('with another seed another committee decides', () => {
  const world = committeeWorld()
  const claim = claimOf(world, 0)
  const old = certificate(world, claim, [0, 1, 2, 3])
  world.rules = rulesOf(validatorSet(7), `0x${'51'.repeat(32)}`)
  assert.is(world.order([claim], [old]), 'BAD_CERTIFICATE')
  assert.is(world.order([claim], [certificate(world, claim, [0, 1, 2, 3])]), '')
})

test('without committees there is no certificate', () => {
  const world = committeeWorld(0)
  const claim = claimOf(world, 0)
  assert.is(world.order([claim], [certificate(world, claim, [0, 1, 2, 3])]), 'BAD_CERTIFICATE')
  assert.is(world.order([claim], []), '')
})

test('a sidecar without certificates is encoded as it ever was; with some it has a list more', () => {
  const said = { validatorSetHash: `0x${'44'.repeat(32)}`, proposer: 1, parentView: 2 } as const
  const claims = [Uint8Array.of(1), Uint8Array.of(2)]
  const plain = plainSidecar({ ...said, vrfProof: new Uint8Array(80), claims })
  const encoded = encodeSidecar(plain)
  const items = decodeRlp(encoded) as Uint8Array[]
  assert.is(items.length, 8)
  assert.equal(decodeSidecar(encoded), plain)
  const full = { ...plain, certificates: [Uint8Array.of(7), Uint8Array.of(8)] }
  assert.equal(decodeSidecar(encodeSidecar(full)), full)
  const refused = (list: unknown[]) =>
    assert.throws(
      () => decodeSidecar(encodeRlp(list as never)),
      (error: Error) => error instanceof RlpError,
    )
  refused([...items, []])
  refused([...items, [Uint8Array.of(7)], []])
  refused([...items, Uint8Array.of(7)])
  refused([...items, Array.from({ length: 9 }, () => Uint8Array.of(7))])
  refused(items.slice(0, 7))
  // A proposer that leaves a claim out leaves out its certificate, too.
  const bad = { ok: false, code: 'BAD_CLAIM', detail: 'NO_CERTIFICATE', item: 1 } as const
  const lighter = lighterSidecar(encodeSidecar(full), bad) as Uint8Array
  assert.equal(decodeSidecar(lighter), {
    ...full,
    claims: [claims[0]],
    certificates: [Uint8Array.of(7)],
  })
})

test.run()

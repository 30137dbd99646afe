// What a member of a shard's committee attests, when, and how often; and when attestations are a
// certificate.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ClaimLine } from '../../../actors/shard/claim-line.ts'
import { CommitteeDesk } from '../../../actors/shard/committee-desk.ts'
import type { HeldBatch } from '../../../actors/shard/held-batch.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import { ShardKeeper } from '../../../actors/shard/shard-rows.ts'
import { ROLLUP_RETELL_MS } from '../../../config/limits.ts'
import { ROLLUP_ATTESTED_CLAIMS_MAX } from '../../../config/shard-limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { EpochRules } from '../../../protocol/consensus/epoch-rules.ts'
import {
  attestationDigest,
  checkBatchCertificate,
  decodeBatchCertificate,
} from '../../../protocol/rollup/batch-certificate.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { drawCommittee } from '../../../protocol/rollup/committee.ts'
import type { Context } from '../../../runtime/context.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import {
  GENESIS_HASH,
  rulesOf,
  secretOf,
  validatorSet,
} from '../../protocol/rollup/rollup-world.ts'
import { simBls } from '../../sim/sim-crypto.ts'

const SEATS = 4
const VALIDATORS = 6
const RULES = rulesOf(validatorSet(VALIDATORS))
const COMMITTEE = drawCommittee(RULES, 0, SEATS)
const MEMBERS = COMMITTEE.members.map(({ validator }) => validator)
const OUTSIDER = RULES.set.validators.findIndex((_, i) => !MEMBERS.includes(i))
const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

interface Said {
  readonly key: string
  readonly verb: string
  readonly body: { claim: Hex; number: number; place: number; certificate: Uint8Array }
}

/** The desk of a validator; its disk writes when it is told to. */
function deskOf(validator: number, store = new MemoryStore(), rules: EpochRules = RULES) {
  const said: Said[] = []
  const blamed: string[] = []
  const sought: Hex[] = []
  const writes: (() => void)[] = []
  const clock = { now: 0 }
  store.commit = (puts, done) => {
    writes.push(() => {
      store.apply(puts)
      done()
    })
  }
  const context = {
    store,
    now: () => clock.now,
    after: () => {},
    reached: () => {},
    blame: (why: string) => blamed.push(why),
    tell: (_: unknown, key: string, verb: string, body: Said['body']) =>
      said.push({ key, verb, body }),
  }
  const ctx = context as unknown as Context
  const steps: { held: HeldBatch }[] = []
  const rivals: HeldBatch[] = []
  const line = {
    steps,
    isInReach: (number: number) => number > 0 && number <= 64,
    find: (hash: Hex) => steps.find(({ held }) => held.hash === hash),
    childrenOf: (parent: Hex) => rivals.filter(({ claim }) => claim.parent === parent),
  }
  const nodeOf = (index: number) => (index === validator ? undefined : `v${index}`)
  const nodes = RULES.set.validators.map((_, i) => nodeOf(i)).filter((one) => one !== undefined)
  const props = {
    node: `v${validator}`,
    shard: 0,
    config: { committee: SEATS },
    genesisHash: GENESIS_HASH,
    ownKey: RULES.set.validators[validator]?.blsPublicKey,
    sign: (digest: Uint8Array) => simBls.sign(secretOf(validator), digest),
    ports: { bls: simBls },
  } as unknown as ShardProps
  const parts = {
    line: line as unknown as ClaimLine,
    rows: new ShardKeeper(ctx, 0),
    peers: { nodes, nodeOf },
  }
  const desk = new CommitteeDesk(ctx, props, parts)
  desk.missing = ({ hash }) => sought.push(hash)
  desk.turn(rules)
  const write = () => {
    for (const one of writes.splice(0)) one()
  }
  return { desk, said, blamed, sought, steps, rivals, clock, write, store }
}

function held(number: number, hash: Hex, over: Partial<Claim> = {}) {
  const counts = { transfers: 1, settles: 0, refunds: 0, locks: 0 }
  const place = { number, parent: hashOf(900), sequencer: MEMBERS[0] as number, epoch: RULES.epoch }
  const claim = { ...counts, ...place, notAfter: 1000, ...over }
  return { claim, hash, isSigned: true, verdict: '', sinceMs: 0 } as unknown as HeldBatch
}

function attestation(validator: number, number: number, claim: Hex) {
  const digest = attestationDigest(GENESIS_HASH, claim)
  const signature = simBls.sign(secretOf(validator), digest)
  return { epoch: RULES.epoch, number, claim, place: MEMBERS.indexOf(validator), signature }
}

test('a member tells the sequencer and who follows him, once it is on its disk', () => {
  const [sequencer, member] = [MEMBERS[0] as number, MEMBERS[1] as number]
  const { desk, said, write } = deskOf(member)
  desk.attest(held(1, hashOf(1)))
  assert.equal(said, [])
  write()
  const next = (sequencer + 1) % VALIDATORS
  const told = [sequencer, next].filter((one) => one !== member).map((one) => `v${one}`)
  assert.equal(said.map(({ key }) => key).sort(), told.sort())
  assert.ok(said.every(({ verb, body }) => verb === 'Attest' && body.claim === hashOf(1)))
  const { desk: outside, said: silence, write: writeNothing } = deskOf(OUTSIDER)
  outside.attest(held(1, hashOf(1)))
  writeNothing()
  assert.equal(silence, [])
  assert.equal([desk.isOutside, outside.isOutside], [false, true])
})

test('of one sequencer it attests one claim on a parent, also after a start', () => {
  const member = MEMBERS[1] as number
  const attests = (desk: ReturnType<typeof deskOf>, batch: HeldBatch) => {
    desk.said.length = 0
    desk.desk.attest(batch)
    desk.write()
    return desk.said.length > 0
  }
  const first = deskOf(member)
  assert.ok(attests(first, held(1, hashOf(1))))
  assert.not(attests(first, held(1, hashOf(1))))
  assert.not(attests(first, held(1, hashOf(2))))
  const again = deskOf(member, first.store)
  assert.not(attests(again, held(1, hashOf(2))))
  // Of who follows him, and on another parent, it does.
  assert.ok(attests(again, held(1, hashOf(3), { sequencer: MEMBERS[2] as number })))
  assert.ok(attests(again, held(1, hashOf(4), { parent: hashOf(901) })))
  // And where the first can be in no block any more.
  again.desk.isClosing = true
  assert.ok(attests(again, held(1, hashOf(5), { transfers: 0 })))
  assert.not(attests(again, held(1, hashOf(6), { transfers: 0 })))
  again.desk.height = 1000
  assert.ok(attests(again, held(1, hashOf(6), { notAfter: 2000 })))
  const epoch = RULES.epoch + 1
  const later = deskOf(member, first.store, { ...RULES, epoch })
  assert.not(attests(later, held(1, hashOf(2))))
  assert.is(attests(later, held(1, hashOf(2), { epoch })), !later.desk.isOutside)
})

test('where nothing is certified it attests what stands beside its own line, too', () => {
  const { desk, steps, rivals, clock, write } = deskOf(MEMBERS[1] as number)
  const [own, other] = [held(1, hashOf(1)), held(1, hashOf(2), { sequencer: MEMBERS[2] as number })]
  rivals.push(own, { ...other, verdict: 'BAD_CLAIM' })
  steps.push({ held: own })
  desk.attest(own)
  write()
  clock.now = ROLLUP_RETELL_MS
  assert.equal(desk.rivals(), [])
  rivals.push(other)
  assert.equal(
    desk.rivals().map(({ hash }) => hash),
    [other.hash],
  )
  desk.attest(other)
  write()
  assert.equal(desk.rivals(), [])
  assert.ok(desk.hasOwn(hashOf(900), MEMBERS[2] as number))
  assert.not(desk.hasOwn(hashOf(900), MEMBERS[3] as number))
})

test('more than two thirds are a certificate, which everybody is told', () => {
  const { desk, said, sought } = deskOf(OUTSIDER)
  const batch = held(1, hashOf(1))
  for (const member of MEMBERS.slice(0, 2)) desk.attestation(attestation(member, 1, hashOf(1)))
  desk.attestation(attestation(MEMBERS[1] as number, 1, hashOf(1)))
  assert.is(desk.allows(batch, true), false)
  assert.equal(said, [])
  desk.attestation(attestation(MEMBERS[3] as number, 1, hashOf(1)))
  assert.is(desk.allows(batch, false), true)
  assert.is(desk.allows({ ...batch, verdict: 'BAD_CLAIM' }, false), false)
  assert.is(said.length, VALIDATORS - 1)
  assert.equal([...new Set(sought)], [hashOf(1)])
  const certificate = desk.certificateOf(hashOf(1)) as Uint8Array
  const of = { genesisHash: GENESIS_HASH, claim: hashOf(1) }
  const read = decodeBatchCertificate(certificate)
  assert.is(checkBatchCertificate(read, COMMITTEE, RULES.set, of, simBls), '')
  // Who is told checks it; a member waits for its own execution besides.
  const other = deskOf(MEMBERS[2] as number)
  const body = { epoch: RULES.epoch, number: 1, claim: hashOf(2), certificate }
  other.desk.certified(body)
  assert.is(other.blamed.length, 1)
  other.desk.certified({ ...body, claim: hashOf(1) })
  assert.is(other.blamed.length, 1)
  assert.equal([other.desk.allows(batch, false), other.desk.allows(batch, true)], [false, true])
  // Who still attests it gets it, so that he stops.
  other.desk.attestation(attestation(MEMBERS[3] as number, 1, hashOf(1)))
  assert.equal(
    other.said.map(({ key, verb }) => [key, verb]),
    [[`v${MEMBERS[3]}`, 'Certified']],
  )
  other.desk.final(1)
  assert.is(other.desk.certificateOf(hashOf(1)), undefined)
})

test('what is forged, of nobody, of another epoch or far ahead counts for nothing', () => {
  const { desk, blamed, sought } = deskOf(OUTSIDER)
  const good = attestation(MEMBERS[0] as number, 1, hashOf(1))
  desk.attestation({ ...good, place: 1 })
  desk.attestation({ ...good, place: SEATS })
  assert.is(blamed.length, 2)
  desk.attestation({ ...good, epoch: RULES.epoch + 1 })
  desk.attestation({ ...good, number: 65 })
  assert.equal([blamed.length, sought], [2, []])
  for (let i = 1; i <= 2 * ROLLUP_ATTESTED_CLAIMS_MAX; i++) {
    desk.attestation(attestation(MEMBERS[0] as number, 1, hashOf(i)))
  }
  assert.is(sought.length, ROLLUP_ATTESTED_CLAIMS_MAX)
})

test('what nobody certifies is told to everybody, again and again', () => {
  const { desk, said, steps, clock, write } = deskOf(MEMBERS[1] as number)
  const batch = held(1, hashOf(1))
  steps.push({ held: batch })
  desk.attest(batch)
  write()
  said.length = 0
  desk.retell()
  assert.equal(said, [])
  clock.now = ROLLUP_RETELL_MS
  desk.retell()
  assert.is(said.length, VALIDATORS - 1)
  for (const member of MEMBERS) desk.attestation(attestation(member, 1, hashOf(1)))
  said.length = 0
  desk.retell()
  assert.equal(said, [])
})

test.run()

// Evidence: what is punished and how much, and that malformed evidence of every kind is refused
// with its own code and changes nothing.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import {
  CHECKPOINT,
  FINALIZE,
  NO_BLOCK,
  NOTARIZE,
  NULLIFY,
  PROPOSE,
  voteDigest,
} from '../../../protocol/consensus/vote.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import {
  BURN_ADDRESS,
  EPOCH_RECORD_SECONDS,
  LESSER_OFFENCES_MAX,
  STAKING_ADDRESS,
  TREASURY_ADDRESS,
} from '../../../protocol/params.ts'
import { encodeRlp, rlpInteger } from '../../../protocol/rlp/rlp.ts'
import { applyEvidence } from '../../../protocol/staking/apply-evidence.ts'
import { snapshotValidators } from '../../../protocol/staking/candidates.ts'
import { epochSpan } from '../../../protocol/staking/epoch-history.ts'
import {
  type Evidence,
  encodeEvidence,
  makeEvidence,
  readEvidence,
} from '../../../protocol/staking/evidence.ts'
import * as calls from '../../../protocol/staking/staking-calls.ts'
import { loadValidator } from '../../../protocol/staking/validator-record.ts'
import { AITBC, account, blsSecret, CHAIN, codeOf, hash, StakeWorld } from './stake-world.ts'

const DAYS_21 = 21 * 86_400
const TEN = 10_000n * AITBC
const reporter = account(30)

/** Seven authorities with equal stakes, in their first epoch. */
function world(bls?: ConstructorParameters<typeof StakeWorld>[0], size = 7): StakeWorld {
  const w = new StakeWorld(bls)
  const all = Array.from({ length: size }, (_, n) => n)
  w.admit(...all.map(account))
  for (const n of all) w.register(n, TEN)
  w.nextEpoch()
  return w
}

const submit = (w: StakeWorld, bytes: Uint8Array, by: Hex = reporter) =>
  codeOf(w.call(by, calls.encodeSubmitEvidence(bytes)))

function e3(w: StakeWorld, n: number, epoch = 0): Uint8Array {
  const messages = [
    w.signed(n, NULLIFY, { epoch, view: 3, block: NO_BLOCK }),
    w.signed(n, FINALIZE, { epoch, view: 3, block: hash(1) }),
  ] as const
  const blsPublicKey = bytesToHex(w.bls.publicKey(blsSecret(n)))
  const evidence = makeEvidence({ blsPublicKey, epoch, view: 3 }, messages)
  return encodeEvidence(evidence as Evidence)
}

test('E1, E2, E3 and E5 cost 5 % and the seat for ever; the reporter has a share', () => {
  for (const make of [
    (w: StakeWorld) => w.evidence(0, NOTARIZE, 0),
    (w: StakeWorld) => w.evidence(0, FINALIZE, 0),
    (w: StakeWorld) => e3(w, 0),
    (w: StakeWorld) => w.evidence(0, CHECKPOINT, 0),
  ]) {
    const w = world()
    w.setParameter('slash_burn_bp', 2000n)
    const supply = w.supply()
    const before = w.balance(reporter)
    const taken = TEN / 20n
    assert.is(submit(w, make(w)), 'accepted')
    assert.is(w.validator(0).bonded, TEN - taken)
    assert.is(w.validator(0).status, 'tombstoned')
    assert.is(w.balance(reporter) - before, taken / 20n)
    assert.is(w.balance(BURN_ADDRESS), taken / 5n)
    assert.is(w.balance(TREASURY_ADDRESS), taken - taken / 20n - taken / 5n)
    assert.is(w.supply(), supply)
    assert.is(snapshotValidators(w.staking).length, 6)
    assert.is(submit(w, make(w)), 'ALREADY_PUNISHED')
    // One class of offence in one epoch: other contradictions of it are not punished again.
    assert.is(submit(w, w.evidence(0, FINALIZE, 0, 99)), 'ALREADY_PUNISHED')
    for (const data of [calls.encodeBond(), calls.encodeDelegate(account(0))]) {
      assert.is(codeOf(w.call(account(0), data, AITBC)), 'TOMBSTONED')
    }
    assert.is(codeOf(w.call(account(0), calls.encodeUnjail())), 'TOMBSTONED')
    assert.is(codeOf(w.call(account(0), calls.encodeRotateVrfKey(hash(77)))), 'TOMBSTONED')
    const again = w.registration(0, { operator: account(20), vrf: hash(78) })
    assert.is(codeOf(w.call(account(20), calls.encodeRegister(again), TEN)), 'KEY_IN_USE')
  }
})

test('real signatures are checked as cheap ones are', () => {
  const w = world(blsNoble, 4)
  const bytes = w.evidence(1, NOTARIZE, 0)
  const forged = bytes.slice()
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1
  assert.is(submit(w, forged), 'BAD_SIGNATURE')
  assert.is(submit(w, bytes), 'accepted')
})

test('E4 costs 1 % and jail, and the last of many the seat', () => {
  const w = world()
  assert.is(submit(w, w.evidence(0, PROPOSE, 0)), 'accepted')
  assert.equal([w.validator(0).bonded, w.validator(0).status], [TEN - TEN / 100n, 'jailed'])
  assert.is(submit(w, w.evidence(0, PROPOSE, 0, 8)), 'ALREADY_PUNISHED')
  // Another class of offence in the same epoch.
  assert.is(submit(w, w.evidence(0, NOTARIZE, 0)), 'accepted')
  assert.is(w.validator(0).status, 'tombstoned')
  for (let i = 1; i <= LESSER_OFFENCES_MAX; i++) {
    assert.is(w.validator(1).status, 'listed')
    const epoch = w.nextEpoch()
    assert.is(submit(w, w.evidence(1, PROPOSE, epoch)), 'accepted')
    w.now += 600
    if (i < LESSER_OFFENCES_MAX) w.do(account(1), calls.encodeUnjail())
  }
  assert.is(w.validator(1).status, 'tombstoned')
})

test('a third of the authorities guilty in one epoch lose everything, those before too', () => {
  const w = world()
  w.do(account(20), calls.encodeDelegate(account(0)), TEN)
  assert.is(submit(w, w.evidence(0, NOTARIZE, 0)), 'accepted')
  assert.is(submit(w, w.evidence(1, CHECKPOINT, 0)), 'accepted')
  assert.is(w.validator(1).bonded, TEN - TEN / 20n, '2 of 7 are less than a third')
  const supply = w.supply()
  assert.is(submit(w, e3(w, 2)), 'accepted')
  assert.equal(
    [0, 1, 2, 3].map((n) => w.validator(n).bonded),
    [0n, 0n, 0n, TEN],
  )
  assert.is(w.supply(), supply)
  assert.is(w.delegation(0, 20).bonded, 0n, 'and so do those who delegated to them')
  assert.is(submit(w, w.evidence(3, NOTARIZE, 0)), 'accepted')
  assert.is(w.validator(3).bonded, 0n)
  assert.is(loadValidator(w.staking, account(0))?.slashes, 2, 'there is nothing to take twice')
})

test('exactly a third is a third: of authorities with little stake, or of stake without them', () => {
  const count = new StakeWorld()
  count.admit(...[0, 1, 2, 3, 4, 5].map(account))
  for (const n of [0, 1, 2, 3, 4, 5]) count.register(n, TEN)
  count.register(6, 10n * TEN)
  count.nextEpoch()
  for (const n of [0, 1]) assert.is(submit(count, count.evidence(n, NOTARIZE, 0)), 'accepted')
  assert.is(count.validator(0).bonded, 0n)
  const stake = new StakeWorld()
  for (const n of [0, 1, 2]) stake.register(n, TEN)
  stake.nextEpoch()
  assert.is(submit(stake, stake.evidence(0, NOTARIZE, 0)), 'accepted')
  assert.is(stake.validator(0).bonded, 0n)
})

test('a third of the stake is an attack too, and guilt of another epoch does not add up', () => {
  const w = world()
  w.do(account(20), calls.encodeDelegate(account(0)), 3n * TEN)
  w.nextEpoch()
  const epoch = w.nextEpoch()
  assert.is(submit(w, w.evidence(1, NOTARIZE, 0)), 'accepted')
  assert.is(submit(w, w.evidence(2, NOTARIZE, 0)), 'accepted')
  assert.is(submit(w, w.evidence(3, NOTARIZE, epoch)), 'accepted')
  assert.is(w.validator(3).bonded, TEN - TEN / 20n)
  // Out for epoch 0 already; in this epoch it counts with the others: 40,000 of 100,000.
  assert.is(submit(w, w.evidence(0, NOTARIZE, epoch)), 'accepted')
  assert.is(w.validator(0).bonded, 0n)
  assert.is(w.validator(3).bonded, 0n)
  assert.is(w.validator(1).bonded, TEN - TEN / 20n)
  assert.is(submit(w, w.evidence(1, NOTARIZE, epoch)), 'accepted', 'nothing is left to hide behind')
  assert.is(w.validator(1).bonded, 0n)
})

test('somebody who is out is not slashed again for another epoch, only counted', () => {
  const w = world()
  const epoch = w.nextEpoch()
  assert.is(submit(w, w.evidence(0, NOTARIZE, 0)), 'accepted')
  assert.is(submit(w, w.evidence(0, NOTARIZE, epoch)), 'accepted')
  assert.is(submit(w, w.evidence(0, PROPOSE, epoch)), 'accepted')
  assert.is(w.validator(0).bonded, TEN - TEN / 20n)
})

test('money on its way out is slashed with what stayed, once for each slash since', () => {
  const w = world()
  const owner = account(20)
  w.do(owner, calls.encodeDelegate(account(0)), 1000n)
  w.do(owner, calls.encodeUnbond(account(0), 500n))
  assert.is(submit(w, w.evidence(0, PROPOSE, 0)), 'accepted')
  w.do(owner, calls.encodeUnbond(account(0), 200n))
  assert.is(submit(w, w.evidence(0, NOTARIZE, 0)), 'accepted')
  assert.equal([w.claim(20, 0n).worth, w.claim(20, 1n).worth], [500n - 5n - 24n, 190n])
  const treasury = w.balance(TREASURY_ADDRESS)
  const before = w.balance(owner)
  w.now += DAYS_21
  w.do(owner, calls.encodeWithdraw())
  assert.is(w.balance(owner) - before, 471n + 190n)
  assert.is(w.balance(TREASURY_ADDRESS) - treasury, 39n)
})

test('after a slash a wei costs more than a share on the way out, rounded against who leaves', () => {
  const w = world()
  const owner = account(20)
  w.setParameter('slash_propose_bp', 500n)
  assert.is(submit(w, w.evidence(0, PROPOSE, 0)), 'accepted')
  w.do(owner, calls.encodeDelegate(account(0)), 95n)
  assert.equal(w.delegation(0, 20), { bonded: 95n, shares: 100n, rewards: 0n })
  const left = [1n, 2n].map((amount) => {
    w.do(owner, calls.encodeUnbond(account(0), amount))
    return w.delegation(0, 20).shares
  })
  // 1 wei costs 1.05 shares, so 2; 2 cost 2.1, so 3; 92 cost 96.8, more than are left.
  assert.equal(left, [98n, 95n])
  assert.is(codeOf(w.call(owner, calls.encodeUnbond(account(0), 92n))), 'BOND_TOO_LOW')
})

test('an attack found out later takes claims that had paid 5 %', () => {
  const w = world()
  const owner = account(20)
  w.do(owner, calls.encodeDelegate(account(0)), 1000n)
  assert.is(submit(w, w.evidence(0, NOTARIZE, 0)), 'accepted')
  w.do(owner, calls.encodeUnbond(account(0), 300n))
  for (const n of [1, 2]) assert.is(submit(w, w.evidence(n, NOTARIZE, 0)), 'accepted')
  assert.is(w.claim(20).worth, 0n)
  w.now += DAYS_21
  const before = w.balance(owner)
  w.do(owner, calls.encodeWithdraw())
  assert.is(w.balance(owner), before)
})

test('evidence is good for 21 days of chain time, to the second', () => {
  const w = world()
  const bytes = w.evidence(0, NOTARIZE, 0)
  w.now += DAYS_21 + 1
  assert.is(submit(w, bytes), 'EVIDENCE_TOO_OLD')
  w.now -= 1
  assert.is(submit(w, bytes), 'accepted')
  // Records of epochs that nothing can refer to are dropped, some with each new one.
  w.nextEpoch(EPOCH_RECORD_SECONDS)
  w.nextEpoch()
  w.nextEpoch()
  assert.is(epochSpan(w.staking)?.oldest, 1)
  assert.is(submit(w, w.evidence(1, NOTARIZE, 0)), 'EVIDENCE_TOO_OLD')
})

/** The evidence with something else in it, past the checks of `makeEvidence`. */
function changed(w: StakeWorld, change: Partial<Evidence>): Uint8Array {
  const evidence = readEvidence(w.evidence(0, NOTARIZE, 0)) as Evidence
  return encodeEvidence({ ...evidence, ...change })
}

test('malformed evidence of every kind is refused, each with its code, and without effect', () => {
  const w = world()
  w.register(8, TEN)
  const fine = readEvidence(w.evidence(0, NOTARIZE, 0)) as Evidence
  const [a, b] = fine.messages
  const other = bytesToHex(w.bls.publicKey(blsSecret(1)))
  const nobody = bytesToHex(w.bls.publicKey(blsSecret(33)))
  const bytes = encodeEvidence(fine)
  const sameHash = [a, { ...a, signature: b.signature }] as const
  const nullifyTwice = [NO_BLOCK, hash(1)].map((block) =>
    w.signed(0, NULLIFY, { epoch: 0, view: 7, block }),
  ) as unknown as Evidence['messages']
  const cases: readonly [string, Uint8Array][] = [
    ['EVIDENCE_TOO_LARGE', new Uint8Array(513)],
    ['MALFORMED_EVIDENCE', new Uint8Array(0)],
    ['MALFORMED_EVIDENCE', bytes.subarray(0, -1)],
    ['MALFORMED_EVIDENCE', Uint8Array.from([...bytes, 0])],
    ['MALFORMED_EVIDENCE', encodeRlp([rlpInteger(1)])],
    ['MALFORMED_EVIDENCE', changed(w, { blsPublicKey: '0x12' })],
    ['MALFORMED_EVIDENCE', changed(w, { messages: [a, { ...b, signature: new Uint8Array(95) }] })],
    ['UNKNOWN_RULE', changed(w, { rule: 0 as never })],
    ['UNKNOWN_RULE', changed(w, { rule: 6 as never })],
    ['WRONG_KINDS', changed(w, { rule: 2 })],
    ['WRONG_KINDS', changed(w, { rule: 1, messages: nullifyTwice })],
    ['NO_CONTRADICTION', changed(w, { messages: sameHash })],
    ['NO_CONTRADICTION', changed(w, { messages: [b, a] })],
    ['NO_CONTRADICTION', changed(w, { view: 0 })],
    ['UNKNOWN_KEY', changed(w, { blsPublicKey: nobody })],
    ['FUTURE_EPOCH', changed(w, { epoch: 1 })],
    ['NOT_IN_SET', w.evidence(8, NOTARIZE, 0)],
    ['BAD_SIGNATURE', changed(w, { blsPublicKey: other })],
    ['BAD_SIGNATURE', changed(w, { view: 8 })],
    ['BAD_SIGNATURE', changed(w, { messages: [a, { ...b, signature: a.signature }] })],
  ]
  const before = new Map(w.words)
  for (const [code, evidence] of cases) assert.is(submit(w, evidence), code)
  assert.is(codeOf(w.call(reporter, calls.encodeSubmitEvidence(bytes), 1n)), 'NOT_PAYABLE')
  w.nextEpoch()
  assert.is(submit(w, changed(w, { epoch: 1 })), 'BAD_SIGNATURE', 'signed for another epoch')
  const elsewhere = { ...CHAIN, genesisHash: hash(4) }
  const foreign = [1, 2].map((block) => ({
    kind: NOTARIZE,
    hash: hash(block),
    signature: w.bls.sign(blsSecret(0), voteDigest(elsewhere, NOTARIZE, 0, 7, hash(block))),
  })) as unknown as Evidence['messages']
  assert.is(submit(w, changed(w, { messages: foreign })), 'BAD_SIGNATURE', 'for another chain')
  for (const [slot, word] of before) {
    if (slot.endsWith(hash(6).slice(2))) continue
    assert.is(w.words.get(slot), word)
  }
  assert.is(w.validator(0).bonded, TEN)
  assert.is(submit(w, bytes), 'accepted')
})

test('what a leader puts into a sidecar is judged by the same rule', () => {
  const w = world()
  const judges = { chain: CHAIN, bls: w.bls, reporter: account(5) }
  const before = w.balance(account(5))
  const bytes = w.evidence(0, FINALIZE, 0)
  assert.is(applyEvidence({ ...w.system, ...judges }, new Uint8Array(600)), 'EVIDENCE_TOO_LARGE')
  assert.is(typeof applyEvidence({ ...w.system, ...judges }, bytes), 'object')
  assert.is(w.balance(account(5)) - before, TEN / 20n / 20n)
  assert.is(applyEvidence({ ...w.system, ...judges }, bytes), 'ALREADY_PUNISHED')
  assert.is(w.balance(STAKING_ADDRESS), 7n * TEN - TEN / 20n)
})

test.run()

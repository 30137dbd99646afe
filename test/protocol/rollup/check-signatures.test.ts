// Whether everybody agreed to a batch: real batches pass, whoever is absent; a planted fault of
// each kind is found with its code and position; bad co-signing groups are found among many.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { CohortKeys } from '../../../compute/crypto/cohort-keys.ts'
import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { prng } from '../../../lib/prng.ts'
import { verifyEd25519Strict } from '../../../protocol/crypto/ed25519-strict.ts'
import { badGroups, type CosignGroup } from '../../../protocol/rollup/bad-groups.ts'
import type { Body } from '../../../protocol/rollup/body-layout.ts'
import {
  checkSignatures,
  type SignedFacts,
  stragglerChecks,
  verifyStragglers,
} from '../../../protocol/rollup/check-signatures.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { signersOf, signersOfIndices } from '../../../protocol/rollup/signers.ts'
import type { SectionParts } from '../../../protocol/rollup/write-body.ts'
import {
  book,
  denseOf,
  GENESIS,
  makeBatch,
  nonceOf,
  type Straggler,
  sparseOf,
} from './batch-world.ts'

const keys = new CohortKeys(book, { sums: 'cached' })

function bodyOf(bytes: Uint8Array): Body {
  const read = readBody(bytes)
  if (!read.ok) throw new Error(read.code)
  return read.body
}

const check = (bytes: Uint8Array, facts: SignedFacts, verify = verifyEd25519Native) =>
  checkSignatures(bodyOf(bytes), facts, GENESIS, nonceOf, keys, verify)

test('batches of every shape pass; the signers are the senders less the absent', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom(0, 0.002, 0.3, 1),
      fc.constantFrom(0, 0.01, 1),
      (seed, share, out) => {
        const random = prng(seed)
        const sections: SectionParts[] = []
        const dense = denseOf(0, () => random.chance(share))
        if (dense.to.length > 0) sections.push(dense)
        sections.push(sparseOf(4096 + random.below(50), 4200, 5000, 8191))
        const total = sections.reduce((sum, one) => sum + one.to.length, 0)
        const absent: Straggler[] = []
        for (let position = 0; position < total; position++) {
          // At most some dozens: each costs a signature here.
          if (absent.length > 40 || !random.chance(out)) continue
          absent.push({ position, maxFee: 2 + random.below(3), notAfter: 100 + random.below(9) })
        }
        const { bytes, facts, senders } = makeBatch({ sections, absent })
        assert.equal(check(bytes, facts), { ok: true })
        const gone = new Set(absent.map((one) => one.position))
        const expected = [...senders.filter((_, i) => !gone.has(i))]
        const signers = signersOf(bodyOf(bytes))
        const found = signers.dense.flatMap(({ cohort, present }) =>
          Array.from({ length: 4096 }, (_, m) => m)
            .filter((m) => !present || ((present[m >> 3] as number) >> (m & 7)) & 1)
            .map((m) => cohort * 4096 + m),
        )
        assert.equal([...found, ...signers.sparse], expected)
      },
    ),
    { numRuns: 30 },
  )
})

test('planted faults, each with its code', () => {
  const absent = [
    { position: 2, maxFee: 3, notAfter: 50 },
    { position: 6, maxFee: 2, notAfter: 40 },
  ]
  const sections = [denseOf(0, (m) => m % 1000 === 1), sparseOf(4096, 4100, 5000)]
  const made = makeBatch({ sections, absent })
  const { facts } = made
  assert.equal(check(made.bytes, facts), { ok: true })
  assert.equal(check(made.bytes, facts, verifyEd25519Strict), { ok: true })
  /** With one byte of the body changed, counted from its end if negative. */
  const changed = (at: number) => {
    const bytes = made.bytes.slice()
    const where = at < 0 ? bytes.length + at : at
    bytes[where] = (bytes[where] as number) ^ 1
    return bytes
  }
  const AMOUNT_OF_POSITION_2 = 32 + 96 + 16 + 512 + 4 * (5 + 2)
  const cases: [string, Uint8Array, Partial<SignedFacts>, string, number?][] = [
    ['another number', made.bytes, { number: 2 }, 'BATCH_MISMATCH'],
    ['another shard', made.bytes, { shard: 1 }, 'BATCH_MISMATCH'],
    ['fee above one limit', made.bytes, { fee: 3 }, 'FEE_ABOVE_MAX', 6],
    ['a later notAfter', made.bytes, { notAfter: 50 }, 'BATCH_NOT_AFTER'],
    ['no notAfter', made.bytes, { notAfter: 0xffff_ffff }, 'BATCH_NOT_AFTER'],
    ['a lower fee than co-signed', made.bytes, { fee: 1 }, 'BAD_AGGREGATE'],
    ['another parent', made.bytes, { parent: GENESIS }, 'BAD_AGGREGATE'],
    ['another root', made.bytes, { txRoot: GENESIS }, 'BAD_AGGREGATE'],
    ['aggregate changed', changed(32 + 95), {}, 'BAD_AGGREGATE'],
    ['ordinary signature changed', changed(-1), {}, 'BAD_SPEND_SIGNATURE', 6],
    ['the first one changed', changed(-128), {}, 'BAD_SPEND_SIGNATURE', 2],
    ['an absent sender pays more', changed(AMOUNT_OF_POSITION_2), {}, 'BAD_SPEND_SIGNATURE', 2],
  ]
  for (const [what, bytes, other, code, position] of cases) {
    const result = check(bytes, { ...facts, ...other })
    const where = position === undefined ? {} : { position }
    assert.equal(result, { ok: false, code, ...where }, what)
  }
  const used = (index: number) => (index === 4100 ? 99 : nonceOf(index))
  const replay = checkSignatures(
    bodyOf(made.bytes),
    facts,
    GENESIS,
    used,
    keys,
    verifyEd25519Native,
  )
  assert.equal(replay, { ok: false, code: 'BAD_SPEND_SIGNATURE', position: 6 }, 'another nonce')
  const elsewhere = `0x${'22'.repeat(32)}` as const
  const other = checkSignatures(
    bodyOf(made.bytes),
    facts,
    elsewhere,
    nonceOf,
    keys,
    verifyEd25519Native,
  )
  assert.equal(other, { ok: false, code: 'BAD_AGGREGATE' }, 'another chain')
  const none = new CohortKeys(
    { keyOf: (i) => book.keyOf(i), spendKeyOf: () => undefined },
    { sums: 'fresh' },
  )
  const keyless = checkSignatures(
    bodyOf(made.bytes),
    facts,
    GENESIS,
    nonceOf,
    none,
    verifyEd25519Native,
  )
  assert.equal(keyless, { ok: false, code: 'NO_SPEND_KEY', position: 2 })
})

test('ordinary signatures can be verified in pieces', () => {
  const absent = [0, 1, 2, 3, 4].map((position) => ({ position, maxFee: 9, notAfter: 9 }))
  const made = makeBatch({ sections: [sparseOf(1, 2, 3, 4, 5)], absent })
  assert.equal(check(made.bytes, made.facts), { ok: true }, 'nobody co-signed')
  const bytes = made.bytes.slice()
  const at = bytes.length - 64 * 2 + 3
  bytes[at] = (bytes[at] as number) ^ 1
  const found = stragglerChecks(bodyOf(bytes), GENESIS, nonceOf, keys)
  assert.ok(found.ok)
  if (!found.ok) return
  const piece = (start: number, end: number) =>
    verifyStragglers(found.checks, start, end, verifyEd25519Native)
  assert.equal([piece(0, 2), piece(2, 4), piece(4, 5)], [undefined, 3, undefined])
})

test('bad groups are found among many', () => {
  const digest = new Uint8Array(32).fill(8)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(), { maxLength: 3 }),
      (count, bad) => {
        const spoilt = new Set(bad.map((one) => one % count))
        const groups: CosignGroup[] = Array.from({ length: count }, (_, g) => {
          const accounts = Uint32Array.from(
            { length: 1 + ((g * 97) % 300) },
            (_, i) => g + i * count,
          )
          const signature = spoilt.has(g)
            ? g % 3 === 0
              ? new Uint8Array(96).fill(g)
              : book.cosign(accounts, new Uint8Array(32).fill(100 + g))
            : book.cosign(accounts, digest)
          return { accounts, signature }
        })
        const found = badGroups(groups, digest, keys, blsNative.aggregate)
        assert.equal(
          found,
          [...spoilt].sort((a, b) => a - b),
        )
        const rest = groups.filter((_, g) => !spoilt.has(g))
        if (rest.length === 0) return
        const sum = blsNative.aggregate(rest.map((group) => group.signature))
        const accounts = Uint32Array.from(rest.flatMap((group) => [...group.accounts])).sort()
        assert.ok(keys.verify(signersOfIndices(accounts), digest, sum))
      },
    ),
    { numRuns: 12 },
  )
})

test.run()

// Claims and layout: what is encoded is decoded, one encoding each; every field is in the hash.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { RlpError } from '../../../protocol/rlp/rlp.ts'
import {
  type Claim,
  claimHash,
  decodeClaim,
  encodeClaim,
  type UnsignedClaim,
} from '../../../protocol/rollup/claim.ts'
import { indexOf, shardOf, slotOf } from '../../../protocol/rollup/layout.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex)
const u32 = fc.nat({ max: 0xffff_ffff })
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const shard = fc.nat({ max: 63 })
const units = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const byKey = <T>(list: T[], key: (one: T) => number) => [...list].sort((a, b) => key(a) - key(b))

const PLAIN = { noNullPrototype: true } as const

const claim: fc.Arbitrary<Claim> = fc.record(
  {
    shard,
    number: count,
    epoch: count,
    parent: hash,
    sequencer: u32,
    bodyHash: hash,
    bodyBytes: u32,
    transfers: u32,
    settles: u32,
    refunds: u32,
    locks: u32,
    notAfter: u32,
    notBefore: count,
    firstEntry: count,
    entries: u32,
    fee: u32,
    feeAccount: u32,
    txRoot: hash,
    opRoot: hash,
    traceRoot: hash,
    exits: u32,
    exitRoot: hash,
    inboxTo: count,
    consumed: fc
      .uniqueArray(fc.record({ shard, number: fc.nat({ max: 1e6 }) }, PLAIN), {
        selector: (one) => one.shard * 1e7 + one.number,
        maxLength: 5,
      })
      .map((list) => byKey(list, (one) => one.shard * 1e7 + one.number)),
    outbox: fc
      .uniqueArray(fc.record({ shard, credits: u32, amount: units, root: hash }, PLAIN), {
        selector: (one) => one.shard,
        maxLength: 5,
      })
      .map((list) => byKey(list, (one) => one.shard)),
    supply: units,
    stateRoot: fc.option(hash, { nil: undefined }),
    signature: fc.uint8Array({ minLength: 96, maxLength: 96 }),
  },
  PLAIN,
)

test('what is encoded is decoded; the hash covers every field but the signature', () => {
  fc.assert(
    fc.property(claim, claim, (one, other) => {
      assert.equal(decodeClaim(encodeClaim(one)), one)
      const before = claimHash(one)
      assert.is(claimHash({ ...one, signature: other.signature } as UnsignedClaim), before)
      for (const key of Object.keys(one) as (keyof Claim)[]) {
        if (key === 'signature' || String(one[key]) === String(other[key])) continue
        if (JSON.stringify(one[key], show) === JSON.stringify(other[key], show)) continue
        assert.is.not(claimHash({ ...one, [key]: other[key] }), before, key)
      }
    }),
    { numRuns: 100 },
  )
})

const show = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

test('a changed claim is refused or is the one encoding of another; only RlpError is thrown', () => {
  fc.assert(
    fc.property(claim, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, flip) => {
      const bytes = encodeClaim(one)
      const where = at % bytes.length
      bytes[where] = (bytes[where] as number) ^ flip
      try {
        assert.equal(encodeClaim(decodeClaim(bytes)), bytes)
      } catch (error) {
        assert.instance(error, RlpError)
      }
    }),
    { numRuns: 500 },
  )
})

test('parcels must rise', () => {
  const zero: Hex = `0x${'00'.repeat(32)}`
  const [base] = fc.sample(claim, 1) as [Claim]
  const out = (shard: number) => ({ shard, credits: 1, amount: 1n, root: zero })
  const bad: Partial<Claim>[] = [
    { outbox: [out(2), out(2)] },
    { outbox: [out(2), out(1)] },
    {
      consumed: [
        { shard: 1, number: 2 },
        { shard: 1, number: 2 },
      ],
    },
    { consumed: [{ shard: 64, number: 2 }] },
  ]
  for (const part of bad) assert.throws(() => decodeClaim(encodeClaim({ ...base, ...part })))
})

test('index, shard and slot belong together, and slots of a shard leave no gaps', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 24 - 1 }), fc.integer({ min: 1, max: 64 }), (index, shards) => {
      const [s, slot] = [shardOf(index, shards), slotOf(index, shards)]
      assert.ok(s < shards)
      assert.is(indexOf(s, shards, slot), index)
    }),
  )
  const seen = new Set<number>()
  for (let index = 0; index < 6 * 4096; index++)
    if (shardOf(index, 3) === 1) seen.add(slotOf(index, 3))
  assert.is(seen.size, 2 * 4096)
  assert.is(Math.max(...seen), 2 * 4096 - 1)
})

test.run()

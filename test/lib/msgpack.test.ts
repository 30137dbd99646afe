// Codecs compiled from schemas against msgpackr, in both directions: what we write it reads, what
// it writes we take exactly when the schema does, and rubbish throws SchemaError and nothing else.

import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../lib/hex.ts'
import { decodeBytes, encodeBytes } from '../../lib/msgpack/codec.ts'
import { NESTING_MAX } from '../../lib/msgpack/plain-value.ts'
import * as s from '../../lib/schema.ts'
import { type Schema, SchemaError } from '../../lib/schema.ts'

const packr = new Packr({ useRecords: false, structuredClone: false })

/** A schema and values that it takes. */
interface Case {
  readonly schema: Schema<unknown>
  readonly value: fc.Arbitrary<unknown>
}

const text = (max: number) =>
  fc
    .oneof(fc.string({ maxLength: max }), fc.string({ unit: 'grapheme', maxLength: max }))
    .map((one) => [...one].slice(0, max >> 1).join(''))

const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.constant({ schema: s.nothing, value: fc.constant(null) }),
  fc.constant({ schema: s.bool, value: fc.boolean() }),
  fc.constant({ schema: s.u53, value: fc.oneof(fc.maxSafeNat(), fc.nat(300)) }),
  fc.constant({ schema: s.f64, value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  fc.constant({ schema: s.u256, value: fc.bigInt(0n, (1n << 256n) - 1n) }),
  fc.constantFrom(0, 8, 40, 300).map((max) => ({ schema: s.str(max), value: text(max) })),
  fc
    .constantFrom(0, 8, 70, 300)
    .map((max) => ({ schema: s.bytes(max), value: fc.uint8Array({ maxLength: max }) })),
  fc.constantFrom(0, 1, 20, 32).map((length) => ({
    schema: s.hex(length) as Schema<unknown>,
    value: fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex),
  })),
  fc.constant({
    schema: s.oneOf('up', 'down', 'é', 'constructor'),
    value: fc.constantFrom('up', 'down', 'é', 'constructor'),
  }),
) as fc.Arbitrary<Case>

const { any: anyCase } = fc.letrec<{ any: Case }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('any').map(({ schema, value }) => ({
      // nil inside nil cannot be told apart: not for optional(optional) and optional(nothing).
      schema: ['nothing', 'optional'].includes(schema.shape?.type ?? '')
        ? s.bool
        : s.optional(schema),
      value: ['nothing', 'optional'].includes(schema.shape?.type ?? '')
        ? fc.boolean()
        : fc.option(value, { nil: undefined }),
    })),
    tie('any').map(({ schema, value }) => ({
      schema: s.list(schema, 20) as Schema<unknown>,
      value: fc.array(value, { maxLength: 20 }),
    })),
    fc.array(tie('any'), { maxLength: 5 }).map((fields) => ({
      schema: s.struct(
        Object.fromEntries(fields.map((one, i) => [i % 2 ? `f${i}` : `a "${i}"`, one.schema])),
      ) as Schema<unknown>,
      value: fc.record(
        Object.fromEntries(fields.map((one, i) => [i % 2 ? `f${i}` : `a "${i}"`, one.value])),
        { noNullPrototype: true },
      ),
    })),
  ),
}))

const withValue = anyCase.chain(({ schema, value }) => value.map((one) => ({ schema, value: one })))

/** How a decoder ended: its value, or the name of what it threw. */
function ending(run: () => unknown): unknown {
  try {
    return { value: run() }
  } catch (error) {
    return (error as Error).name
  }
}

test('what we write, msgpackr reads and so do we, to the same values', () => {
  fc.assert(
    fc.property(withValue, ({ schema, value }) => {
      const bytes = encodeBytes(schema, value)
      assert.equal(plain(packr.unpack(bytes)), plain(schema.encode(value)))
      assert.equal(decodeBytes(schema, bytes), value)
    }),
    { numRuns: 1000 },
  )
})

/** Buffers as arrays: msgpackr gives Buffers. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] }
  return Array.isArray(value) ? value.map(plain) : value
}

/** Wire values near to what a schema takes, and far from it. */
const wire = fc.oneof(
  withValue.map(({ schema, value }) => schema.encode(value)),
  fc.anything({ withTypedArray: true, withBigInt: true, withMap: true, maxDepth: 3 }),
  fc.constantFrom(-1, -0, 2 ** 53, 2 ** 32, 2 ** 31, 1.5, Number.NaN, '\ufffd', '1', '01', 'ff'),
)

function packed(value: unknown): Uint8Array | undefined {
  try {
    return Uint8Array.from(packr.pack(value))
  } catch {
    return undefined
  }
}

test('what msgpackr packs is taken exactly when the schema takes it, with the same value', () => {
  let taken = 0
  fc.assert(
    fc.property(anyCase, wire, withValue, ({ schema }, other, own) => {
      for (const [by, value] of [
        [schema, other],
        [own.schema, own.schema.encode(own.value)],
      ] as [Schema<unknown>, unknown][]) {
        const bytes = packed(value)
        if (!bytes) continue
        const expected = ending(() => by.decode(packr.unpack(bytes)))
        const got = ending(() => decodeBytes(by, bytes))
        // What msgpackr itself cannot read back is refused as well.
        assert.equal(got, typeof expected === 'string' ? 'SchemaError' : expected)
        if (typeof expected === 'object') taken++
      }
    }),
    { numRuns: 1000 },
  )
  assert.ok(taken > 1000, `${taken} taken`)
})

test('random and damaged bytes throw SchemaError and nothing else', () => {
  const damaged = withValue.chain(({ schema, value }) =>
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }).chain((edits) =>
      fc.nat(40).map((cut) => {
        const bytes = encodeBytes(schema, value).slice()
        for (const [at, byte] of edits) if (bytes.length) bytes[at % bytes.length] = byte
        return { schema, bytes: cut < 5 ? bytes.subarray(0, bytes.length - cut) : bytes }
      }),
    ),
  )
  const random = fc.tuple(anyCase, fc.uint8Array({ maxLength: 40 }))
  fc.assert(
    fc.property(damaged, random, (one, [{ schema }, bytes]) => {
      for (const [by, input] of [
        [one.schema, one.bytes],
        [schema, bytes],
      ] as const) {
        const end = ending(() => decodeBytes(by, input))
        if (typeof end === 'string') assert.is(end, 'SchemaError')
        else encodeBytes(by, (end as { value: unknown }).value)
      }
    }),
    { numRuns: 2000 },
  )
})

const Order = s.struct({ id: s.u53, note: s.str(4), parts: s.list(s.hex(2), 2) })
const refused = (run: () => unknown) =>
  assert.throws(run, (error: Error) => error instanceof SchemaError)

test('refused at the sender: what the schema does not allow', () => {
  const good = { id: 1, note: 'abcd', parts: ['0x0102'] }
  for (const bad of [
    { ...good, id: -1 },
    { ...good, id: 1.5 },
    { ...good, note: 'abcde' },
    { ...good, parts: ['0x01'] },
    { ...good, parts: ['0x01AB'] },
    { ...good, parts: ['0xé102'] },
    { ...good, parts: ['0x0102', '0x0102', '0x0102'] },
    null,
    {},
  ]) {
    refused(() => encodeBytes(Order, bad as never))
  }
  refused(() => encodeBytes(s.u256, 1n << 256n))
  refused(() => encodeBytes(s.u256, -1n))
  refused(() => encodeBytes(s.f64, Number.NaN))
})

test('a refusal names the path; trailing bytes, long lists and deep nesting are refused', () => {
  const bytes = packr.pack([1, 'abcd', [new Uint8Array(2), 'x']])
  assert.throws(() => decodeBytes(Order, bytes), /body\.parts\[1\]: expected exactly 2 bytes/)
  const good = encodeBytes(s.u53, 7)
  refused(() => decodeBytes(s.u53, Uint8Array.of(...good, 0)))
  // A list that says it has four thousand million items, in five bytes.
  refused(() => decodeBytes(s.list(s.u53, 2 ** 32), Uint8Array.of(0xdd, 255, 255, 255, 255)))
  const deep = new Uint8Array(NESTING_MAX + 2).fill(0x91)
  const byHand: Schema<unknown> = { encode: (value) => value, decode: (value) => value }
  refused(() => decodeBytes(byHand, deep))
  assert.equal(decodeBytes(byHand, encodeBytes(byHand, [1, [true, null], 'x'])), [
    1,
    [true, null],
    'x',
  ])
})

test('ill-formed UTF-8 is refused; a lone surrogate leaves as U+FFFD', () => {
  refused(() => decodeBytes(s.str(), Uint8Array.of(0xa2, 0xc3, 0x28)))
  refused(() => decodeBytes(s.str(), Uint8Array.of(0xa3, 0xed, 0xa0, 0x80)))
  assert.is(decodeBytes(s.str(), encodeBytes(s.str(), 'a\ud800b')), 'a\ufffdb')
})

test.run()

// The body of a batch: what is written is read again, without copies; one content has one encoding;
// each rule of the form has its code; rubbish is refused and never throws.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BatchRefusal } from '../../../protocol/errors/batch-refusals.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { transferColumns } from '../../../protocol/rollup/transfer-columns.ts'
import {
  type BodyParts,
  NOBODY_ABSENT,
  type SectionParts,
  writeBody,
} from '../../../protocol/rollup/write-body.ts'
import { bodyParts } from './batch-arbitrary.ts'

function read(bytes: Uint8Array) {
  const result = readBody(bytes)
  if (!result.ok) throw new Error(result.code)
  return result.body
}

const codeOf = (bytes: Uint8Array) => {
  const result = readBody(bytes)
  return result.ok ? 'OK' : result.code
}

test('what is written is read, as views of the bytes', () => {
  fc.assert(
    fc.property(bodyParts, (parts) => {
      const bytes = writeBody(parts)
      const body = read(bytes)
      assert.is(body.shard, parts.shard)
      assert.is(body.number, parts.number)
      assert.equal(body.signature, parts.signature)
      assert.equal(body.absent, parts.absent)
      assert.equal(body.operations, parts.operations)
      let first = 0
      for (const [i, section] of body.sections.entries()) {
        const { count, first: at, ...rest } = section
        assert.equal(rest, parts.sections[i] as SectionParts)
        assert.is(at, first)
        assert.is(section.to.buffer, bytes.buffer)
        first += count
      }
      assert.is(body.transfers, first)
    }),
    { numRuns: 150 },
  )
})

test('columns name each sender once, with its receiver and amount', () => {
  fc.assert(
    fc.property(bodyParts, (parts) => {
      const columns = transferColumns(read(writeBody(parts)))
      assert.is(new Set(columns.from).size, columns.from.length)
      const expected = parts.sections.flatMap((s) =>
        s.kind === 'sparse'
          ? [...s.from]
          : Array.from({ length: 4096 }, (_, m) => m)
              .filter((m) => !s.present || ((s.present[m >> 3] as number) >> (m & 7)) & 1)
              .map((m) => s.cohort * 4096 + m),
      )
      assert.equal([...columns.from], expected)
      assert.equal(
        [...columns.to],
        parts.sections.flatMap((s) => [...s.to]),
      )
    }),
    { numRuns: 60 },
  )
})

test('a changed byte is refused, or is another content whose one encoding it is', () => {
  let refused = 0
  let other = 0
  fc.assert(
    fc.property(bodyParts, fc.nat(), fc.integer({ min: 1, max: 255 }), (parts, at, flip) => {
      const bytes = writeBody(parts)
      // The head and the first section's head more often than their share.
      const where = at % 2 === 0 ? at % bytes.length : at % Math.min(bytes.length, 150)
      bytes[where] = (bytes[where] as number) ^ flip
      const result = readBody(bytes)
      if (!result.ok) {
        refused++
        return
      }
      other++
      assert.equal(writeBody(result.body), bytes)
    }),
    { numRuns: 1500 },
  )
  assert.ok(refused > 100 && other > 100, `${refused} refused, ${other} other`)
})

test('rubbish, cut and overlong input is refused with a code', () => {
  fc.assert(
    fc.property(bodyParts, fc.nat(), (parts, cut) => {
      const bytes = writeBody(parts)
      assert.is.not(codeOf(bytes.subarray(0, cut % bytes.length)), 'OK')
      const long = new Uint8Array(bytes.length + 4 * (1 + (cut % 9)))
      long.set(bytes)
      assert.is(codeOf(long), 'BODY_LENGTH')
    }),
    { numRuns: 200 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (rubbish) => {
      const words = rubbish.slice(0, rubbish.length & ~3)
      // A plausible head, so that more than the version is looked at.
      if (words.length >= 32) new Uint32Array(words.buffer).set([1, 0, 0, 0, 2, 5, 1, 0])
      assert.is.not(codeOf(words), 'OK')
    }),
    { numRuns: 1000 },
  )
  assert.is(codeOf(new Uint8Array(4 * 1024 * 1024 + 4)), 'BODY_LENGTH')
})

test('bytes off the 4-byte boundary are read too', () => {
  const bytes = writeBody(SAMPLE)
  const shifted = new Uint8Array(bytes.length + 1)
  shifted.set(bytes, 1)
  assert.equal(read(shifted.subarray(1)), read(bytes))
})

const words = (...values: number[]) => Uint32Array.from(values)
const bitmap = (...members: number[]) => {
  const bytes = new Uint8Array(512)
  for (const m of members) bytes[m >> 3] = (bytes[m >> 3] as number) | (1 << (m & 7))
  return bytes
}
const dense = (cohort: number, ...members: number[]): SectionParts => ({
  kind: 'dense',
  cohort,
  present: bitmap(...members),
  to: words(...members),
  amount: words(...members),
})
const sparse = (...from: number[]): SectionParts => {
  const column = words(...from)
  return { kind: 'sparse', from: column, to: column, amountLo: column, amountHi: column }
}
const SIGNED = new Uint8Array(96).fill(7)
const SAMPLE: BodyParts = {
  shard: 0,
  number: 1,
  signature: SIGNED,
  sections: [dense(1, 3, 9), dense(4, 0), sparse(5, 900_000)],
  absent: {
    positions: words(1, 4),
    maxFees: words(1, 1),
    notAfters: words(9, 9),
    signatures: new Uint8Array(128),
  },
}

test('each rule of the form has its code', () => {
  const full: SectionParts = {
    kind: 'dense',
    cohort: 2,
    present: new Uint8Array(512).fill(255),
    to: new Uint32Array(4096),
    amount: new Uint32Array(4096),
  }
  const changed = (at: number, value: number) => {
    const bytes = writeBody(SAMPLE)
    new Uint32Array(bytes.buffer)[at] = value
    return bytes
  }
  const withSections = (...sections: SectionParts[]) =>
    writeBody({ ...SAMPLE, sections, absent: NOBODY_ABSENT })
  const withPositions = (...positions: number[]) => {
    const count = positions.length
    const rest = { maxFees: new Uint32Array(count), notAfters: new Uint32Array(count) }
    const signatures = new Uint8Array(64 * count)
    return writeBody({ ...SAMPLE, absent: { positions: words(...positions), ...rest, signatures } })
  }
  const SECTION_AT = 8 + 24
  const broken: [string, Uint8Array, BatchRefusal][] = [
    ['version', changed(0, 2), 'BODY_VERSION'],
    ['number beyond 2^53', changed(3, 2 ** 21), 'BODY_COUNTS'],
    ['reserved word', changed(7, 1), 'BODY_RESERVED'],
    ['transfers above the limit', changed(5, 65_537), 'BODY_COUNTS'],
    ['transfers above the sections', changed(5, 6), 'BODY_COUNTS'],
    ['transfers below the sections', changed(5, 4), 'BODY_COUNTS'],
    ['more absent than transfers', changed(6, 6), 'BODY_COUNTS'],
    ['one section fewer than there are', changed(4, 2), 'BODY_COUNTS'],
    ['one section more', changed(4, 4), 'BODY_SECTION'],
    ['unknown kind', changed(SECTION_AT, 2), 'BODY_SECTION'],
    ['empty section', changed(SECTION_AT + 2, 0), 'BODY_SECTION'],
    ['isFull neither 0 nor 1', changed(SECTION_AT + 3, 2), 'BODY_RESERVED'],
    ['cohort out of range', changed(SECTION_AT + 1, 4096), 'BODY_COHORT'],
    ['cohorts falling', withSections(dense(4, 0), dense(1, 3)), 'BODY_COHORT'],
    ['a cohort twice', withSections(dense(4, 0), dense(4, 3)), 'BODY_COHORT'],
    ['bits that are not counted', changed(SECTION_AT + 4, 255), 'BODY_BITMAP'],
    ['a full cohort with a bitmap', withSections(full), 'BODY_BITMAP'],
    ['isFull with one member', changed(SECTION_AT + 3, 1), 'BODY_BITMAP'],
    ['dense after sparse', withSections(sparse(5), dense(4, 0)), 'BODY_SECTION'],
    ['two sparse sections', withSections(sparse(5), sparse(6)), 'BODY_SECTION'],
    ['senders falling', withSections(sparse(6, 5)), 'BODY_SENDERS'],
    ['a sender twice', withSections(sparse(5, 5)), 'BODY_SENDERS'],
    ['a sender of a dense section', withSections(dense(1, 3), sparse(4096 + 3)), 'BODY_SENDERS'],
    ['a sender out of range', withSections(sparse(2 ** 24)), 'BODY_SENDERS'],
    ['positions falling', withPositions(3, 2), 'BODY_ABSENT'],
    ['a position twice', withPositions(2, 2), 'BODY_ABSENT'],
    ['a position out of range', withPositions(5), 'BODY_ABSENT'],
    ['no aggregate', writeBody({ ...SAMPLE, signature: new Uint8Array(96) }), 'BODY_SIGNATURE'],
    ['an aggregate of nobody', withPositions(0, 1, 2, 3, 4), 'BODY_SIGNATURE'],
    ['not whole words', new Uint8Array(33), 'BODY_LENGTH'],
  ]
  assert.is(codeOf(writeBody(SAMPLE)), 'OK')
  assert.is(codeOf(withSections(dense(1, 3), sparse(4096 + 4))), 'OK', 'a cohort in both')
  for (const [what, bytes, code] of broken) assert.is(codeOf(bytes), code, what)
})

test('a batch without transfers is a batch', () => {
  const empty = { shard: 3, number: 7, signature: new Uint8Array(96) }
  const body = read(writeBody({ ...empty, sections: [], absent: NOBODY_ABSENT }))
  assert.is(body.transfers, 0)
})

test.run()

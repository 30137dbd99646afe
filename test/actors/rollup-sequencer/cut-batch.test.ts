// A batch with more absent senders than its body has room for becomes several; nobody is lost.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BatchMaker } from '../../../actors/rollup-sequencer/batch-maker.ts'
import { bytesColumn } from '../../../actors/rollup-sequencer/columns.ts'
import { Groups } from '../../../actors/rollup-sequencer/groups.ts'
import { Pending } from '../../../actors/rollup-sequencer/pending.ts'
import type { Turn } from '../../../actors/rollup-sequencer/turn.ts'
import {
  BATCH_BYTES_MAX,
  BATCH_TRANSFERS_MAX,
  COHORT_SIZE,
  OPERATIONS_MAX,
} from '../../../protocol/params.ts'
import type { Body } from '../../../protocol/rollup/body-layout.ts'
import { LOCK_WORDS, NO_OPERATIONS } from '../../../protocol/rollup/operations.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { transferColumns } from '../../../protocol/rollup/transfer-columns.ts'
import { type SectionParts, writeBody } from '../../../protocol/rollup/write-body.ts'
import type { Context } from '../../../runtime/context.ts'

const NONE = new Uint8Array(0)
const HASH = `0x${'ab'.repeat(32)}`
const WHOLE = [...new Array(BATCH_TRANSFERS_MAX).keys()]
/** No batch is to be too long with these. */
const operations = { ...NO_OPERATIONS, locks: new Uint32Array(OPERATIONS_MAX * LOCK_WORDS) }

interface Seal {
  readonly positions: Uint8Array
  readonly maxFees: Uint8Array
  readonly notAfters: Uint8Array
  readonly signatures: Uint8Array
}

/** Sends with ordinary signatures for all: of accounts from `first` on, to account 1. */
function submission(group: number, first: number, count: number, isDense: boolean) {
  const column = (of: (i: number) => number) => Uint32Array.from({ length: count }, (_, i) => of(i))
  const to = column(() => 1)
  const sections: SectionParts[] = []
  if (isDense) {
    for (let at = 0; at < count; at += COHORT_SIZE) {
      const part = to.subarray(at, at + COHORT_SIZE)
      const cohort = (first + at) / COHORT_SIZE
      sections.push({ kind: 'dense', cohort, present: undefined, to: part, amount: part })
    }
  } else {
    const [from, zeros] = [column((i) => first + i), column(() => 0)]
    sections.push({ kind: 'sparse', from, to, amountLo: to, amountHi: zeros })
  }
  const absent = {
    positions: column((i) => i),
    maxFees: column(() => 9),
    notAfters: column(() => 99),
    signatures: new Uint8Array(64 * count).fill(7),
  }
  const read = readBody(writeBody({ ...EMPTY, sections, absent }))
  if (!read.ok) throw new Error(read.code)
  return { group, number: 1, body: read.body }
}

const EMPTY = { shard: 0, number: 0, signature: new Uint8Array(96) }

/** All batches that a sequencer seals of what waits, with a shard that takes everything. */
function sealedOf(pending: Pending): { length: number; from: Uint32Array }[] {
  const sealed: { length: number; from: Uint32Array }[] = []
  let draft: Body | undefined
  const verbs: Record<string, (body: never) => unknown> = {
    Assemble: ({ draft: bytes }: { draft: Uint8Array }) => {
      assert.is(draft, undefined)
      const read = readBody(bytes)
      if (!read.ok) throw new Error(read.code)
      draft = read.body
      const none = { draft: NONE, refused: NONE, refusedCodes: NONE }
      const place = { number: sealed.length + 1, parent: HASH, txRoot: HASH, digest: HASH }
      return { code: '', ...none, ...place, transfers: draft.transfers, fee: 0 }
    },
    Seal: ({ signatures, ...columns }: Seal) => {
      assert.ok(draft)
      const absent = {
        positions: bytesColumn(columns.positions),
        maxFees: bytesColumn(columns.maxFees),
        notAfters: bytesColumn(columns.notAfters),
        signatures,
      }
      const { sections } = draft
      const { length } = writeBody({ ...EMPTY, sections, operations, absent })
      sealed.push({ length, from: Uint32Array.from(transferColumns(draft).from) })
      draft = undefined
      return { code: '', claim: NONE, hash: HASH, badGroups: [], badPositions: NONE }
    },
  }
  const due: (() => void)[] = []
  const ctx = {
    now: () => 0,
    wallTime: () => 0,
    buggify: () => false,
    reached: () => {},
    after: (_: string, __: number, run: () => void) => due.push(run),
    tell: (_: unknown, __: string, verb: string) => {
      if (verb === 'Drop') draft = undefined
    },
    ask: (
      _: unknown,
      __: string,
      verb: string,
      body: never,
      out: { ok: (reply: never) => void },
    ) => {
      due.push(() => out.ok(verbs[verb]?.(body) as never))
    },
  } as unknown as Context
  const turn = { isOurs: () => true, patienceMs: () => 0 } as unknown as Turn
  const props = { node: 'a', shard: 0, fee: 0 }
  const maker = new BatchMaker(ctx, props, pending, new Groups(), turn)
  maker.look()
  for (let i = 0; i < 20 && due.length > 0; i++) due.shift()?.()
  assert.equal([maker.outcomes.again.size, pending.size], [0, 0])
  return sealed
}

for (const isDense of [false, true]) {
  test(`a full batch of absent senders becomes two, ${isDense ? 'dense' : 'sparse'}`, () => {
    const pending = new Pending()
    const half = BATCH_TRANSFERS_MAX / 2
    pending.add(submission(1, 0, half, isDense), 0)
    pending.add(submission(2, half, half, isDense), 0)
    const sealed = sealedOf(pending)
    assert.is(sealed.length, 2)
    assert.equal(
      sealed.flatMap(({ from }) => [...from]),
      WHOLE,
    )
    // No smaller than it has to be.
    assert.ok((sealed[0]?.length ?? 0) > BATCH_BYTES_MAX - 8192)
    assert.not.ok(pending.isBusy(0))
    assert.not.ok(pending.isBusy(BATCH_TRANSFERS_MAX - 1))
  })
}

test('one that has room is sealed as it is', () => {
  const pending = new Pending()
  pending.add(submission(1, 0, 30_000, false), 0)
  assert.is(sealedOf(pending).length, 1)
})

test.run()

// Job records on disk: those written before jobs were traced are read like the others.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  decodeRecord,
  encodeRecord,
  type JobRecord,
  viewOf,
} from '../../../actors/scheduler/job-record.ts'

const HASH = `0x${'ab'.repeat(32)}` as const
const ADDRESS = `0x${'cd'.repeat(20)}` as const

const OLD: JobRecord = {
  jobId: HASH,
  consumer: ADDRESS,
  request: '{}',
  requestHash: HASH,
  type: 'inference',
  modelId: 'model',
  modelRoot: HASH,
  priceCap: 10n ** 20n,
  deadline: 1,
  createdAtMs: 1,
  phase: 'ended',
  state: 'completed',
  price: 1n,
  unitPrice: 1n,
  unit: 'tokens',
  paid: 1n,
  refunded: 0n,
  attempts: 1,
  starts: 1,
  leaseUntil: 0,
  avoid: [],
  updatedAtMs: 7,
  cancelRequested: false,
  changeSeq: 3,
}

test('a record without a trace is read and shown', () => {
  const read = decodeRecord(encodeRecord(OLD))
  assert.equal(read, OLD)
  assert.is(viewOf(read).traceId, undefined)
})

test('a record keeps its trace', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const job = { ...OLD, trace: `00-${trace}-00f067aa0ba902b7-01`, stateAtMs: 5 }
  const read = decodeRecord(encodeRecord(job))
  assert.equal(read, job)
  assert.is(viewOf(read).traceId, trace)
})

test.run()

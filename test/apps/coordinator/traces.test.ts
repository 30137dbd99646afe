// W3C traces at the REST API: one that comes in goes on to the scheduler and out in the reply; a
// job begins one of its own; what is malformed begins anew; and the job says its trace.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isTraceId } from '../../../runtime/trace/cause.ts'
import { parseTraceparent } from '../../../runtime/trace/traceparent.ts'
import { ALICE, BODY, startWorld } from './coordinator-world.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const GIVEN = `00-${TRACE}-00f067aa0ba902b7-01`

const world = await startWorld()
const token = await world.token(ALICE)
const traceOf = (headers: Headers) => parseTraceparent(headers.get('traceparent') ?? undefined)

test('a given trace goes on, with a step of its own', async () => {
  const headers = { traceparent: GIVEN }
  const made = await world.call('POST', '/api/v1/jobs', { token, body: BODY, headers })
  assert.is(made.status, 201)
  const step = traceOf(made.headers)
  assert.is(step?.trace, TRACE)
  assert.is.not(step?.span, '00f067aa0ba902b7')
  const spans = world.host.tracer.spans(TRACE)
  const root = spans.find((one) => one.name === 'POST /api/v1/jobs')
  assert.equal([root?.span, root?.parent], [step?.span, '00f067aa0ba902b7'])
  const submit = spans.find((one) => one.name === 'Submit')
  assert.is(submit?.parent, step?.span)
})

test('a job that nobody traces begins a trace', async () => {
  const made = await world.call('POST', '/api/v1/jobs', { token, body: BODY })
  const trace = traceOf(made.headers)?.trace
  assert.ok(isTraceId(trace))
  assert.ok(world.host.tracer.spans(trace).some((one) => one.name === 'Submit'))
})

test('a malformed header begins anew, and reads alone begin nothing', async () => {
  for (const traceparent of ['x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `${GIVEN}-more`]) {
    const headers = { traceparent }
    const quote = await world.call('POST', '/api/v1/quotes', { token, body: BODY, headers })
    assert.is.not(traceOf(quote.headers)?.trace, TRACE, traceparent)
    assert.ok(traceOf(quote.headers))
  }
  assert.is(traceOf((await world.call('GET', '/api/v1/models')).headers), undefined)
  const read = await world.call('GET', '/api/v1/models', { headers: { traceparent: GIVEN } })
  assert.is(traceOf(read.headers)?.trace, TRACE)
})

test('a job shows its trace', async () => {
  const made = await world.call('POST', '/api/v1/jobs', { token, body: BODY })
  assert.is(made.json.trace_id, null)
  const job = world.desk.jobs.get(made.json.job_id)
  assert.ok(job)
  world.desk.put({ ...job, traceId: TRACE })
  const read = await world.call('GET', `/api/v1/jobs/${made.json.job_id}`, { token })
  assert.is(read.json.trace_id, TRACE)
})

test.after(() => world.stop())

test.run()

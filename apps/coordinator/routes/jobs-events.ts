// GET /api/v1/jobs/{job_id}/events: server-sent events of state, tokens, receipt and error; resumes
// after Last-Event-ID and ends with the job. The token goes in the header only: in a URL it would
// stay in logs.

import { EVENTS_PING_MS } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { HttpSink } from '../../../transport/http/http-server.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { ownJob } from '../own-job.ts'

const RETRY_MS = 1000
const AWAY_MS = 500

/** New events; none when nothing happened for a while; undefined when nobody answers. */
async function poll(api: ApiContext, jobId: Hex, seq: number) {
  try {
    return await api.scheduler('EventsAfter', { jobId, seq }, EVENTS_PING_MS)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'TIMEOUT_ERROR') return { last: 'no', events: [] } as const
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS))
    return undefined
  }
}

async function send(sink: HttpSink, api: ApiContext, jobId: Hex, from: number): Promise<void> {
  let seq = from
  let open = await sink.write(`retry: ${RETRY_MS}\n\n`)
  let writtenAt = performance.now()
  while (open && !sink.signal.aborted) {
    const news = await poll(api, jobId, seq)
    const text = (news?.events ?? [])
      .map(({ seq: id, event, data }) => `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`)
      .join('')
    seq = news?.events.at(-1)?.seq ?? seq
    const isQuiet = !text && performance.now() - writtenAt >= EVENTS_PING_MS
    if (text || isQuiet) {
      open = await sink.write(text || ': ping\n\n')
      writtenAt = performance.now()
    }
    if (news?.last === 'yes') return
  }
}

export const jobEvents = apiRoute({
  method: 'GET',
  path: '/api/v1/jobs/:job_id/events',
  access: 'account',
  summary: 'Follow a job as server-sent events',
  async handle({ params, headers, account }, api) {
    const { jobId } = await ownJob(params.job_id, account, api)
    const last = headers['last-event-id'] || '0'
    if (!/^\d{1,15}$/.test(last)) {
      throw new ApiError('VALIDATION_ERROR', 'Last-Event-ID: expected an id that was sent before')
    }
    return { events: (sink) => send(sink, api, jobId, Number(last)) }
  },
})

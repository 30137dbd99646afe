// GET /api/v1/jobs/{job_id}/events: server-sent events of state, tokens, receipt and error; resumes
// after Last-Event-ID and ends with the job.

import { EVENTS_PING_MS } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { HttpSink } from '../../../transport/http/http-server.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { ownJob } from '../own-job.ts'

const RETRY_MS = 1000

async function send(sink: HttpSink, api: ApiContext, jobId: Hex, from: number): Promise<void> {
  let seq = from
  let open = await sink.write(`retry: ${RETRY_MS}\n\n`)
  while (open && !sink.signal.aborted) {
    const news = await api
      .scheduler('EventsAfter', { jobId, seq }, EVENTS_PING_MS)
      .catch(() => undefined)
    if (!news || (news.events.length === 0 && news.last === 'no')) {
      open = await sink.write(': ping\n\n')
      continue
    }
    for (const { seq: id, event, data } of news.events) {
      seq = id
      open = await sink.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`)
      if (!open) return
    }
    if (news.last === 'yes') return
  }
}

export const jobEvents = apiRoute({
  method: 'GET',
  path: '/api/v1/jobs/:job_id/events',
  access: 'account',
  summary: 'Follow a job as server-sent events',
  async handle({ params, headers, account }, api) {
    const { jobId } = await ownJob(params.job_id, account, api)
    const last = headers['last-event-id'] ?? '0'
    if (!/^\d{1,15}$/.test(last)) {
      throw new ApiError('VALIDATION_ERROR', 'Last-Event-ID: expected an id that was sent before')
    }
    return {
      raw: {
        status: 200,
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
          'access-control-allow-origin': '*',
        },
        stream: (sink) => send(sink, api, jobId, Number(last)),
      },
    }
  },
})

// The bench's end of the process that pays for jobs.

import { fileURLToPath } from 'node:url'
import { ChildCalls } from '../../../harness/child-calls.ts'
import { HdrHistogram } from '../../../harness/hdr-histogram.ts'
import type { JobCounts, JobTimes } from '../../../harness/job-figures.ts'
import type { FromJobs, JobRecord, JobSetup, JobTerms, ToJobs } from './job-messages.ts'

const PROGRAM = fileURLToPath(new URL('./jobs-process.ts', import.meta.url))

export class JobsHandle {
  private readonly calls: ChildCalls<ToJobs, FromJobs>

  private constructor(calls: ChildCalls<ToJobs, FromJobs>) {
    this.calls = calls
  }

  static async start(setup: JobSetup, report: (text: string) => void): Promise<JobsHandle> {
    const calls = new ChildCalls<ToJobs, FromJobs>(PROGRAM, report)
    await calls.call({ do: 'setup', setup })
    return new JobsHandle(calls)
  }

  get pid(): number {
    return this.calls.pid
  }

  async run(terms: JobTerms): Promise<JobCounts & { times: JobTimes<HdrHistogram> }> {
    const { load } = await this.calls.call({ do: 'run', terms })
    const { lock, settle, job, lag } = load.times
    return {
      ...load,
      times: {
        lock: new HdrHistogram(lock),
        settle: new HdrHistogram(settle),
        job: new HdrHistogram(job),
        lag: new HdrHistogram(lag),
      },
    }
  }

  async drain(withinMs: number): Promise<boolean> {
    return (await this.calls.call({ do: 'drain', withinMs })).empty
  }

  async record(): Promise<JobRecord> {
    return (await this.calls.call({ do: 'record' })).record
  }

  stop(): void {
    this.calls.stop()
  }
}

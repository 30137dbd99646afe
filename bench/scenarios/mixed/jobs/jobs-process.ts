// The process that pays for jobs: what it uses of the processors is counted apart from the
// system's.

import { serveCalls } from '../../../harness/child-calls.ts'
import type { FromJobs, ToJobs } from './job-messages.ts'
import { JobPayer } from './job-payer.ts'

let payer: JobPayer | undefined

async function act(message: ToJobs, report: (text: string) => void): Promise<FromJobs> {
  if (message.do === 'setup') {
    payer = await JobPayer.start(message.setup)
    return { done: 'setup' }
  }
  if (!payer) throw new Error('the jobs are not set up')
  switch (message.do) {
    case 'run':
      return { done: 'run', load: await payer.run(message.terms, report) }
    case 'drain':
      return { done: 'drain', empty: await payer.drain(message.withinMs) }
    case 'record':
      return { done: 'record', record: payer.record() }
  }
}

serveCalls(act)

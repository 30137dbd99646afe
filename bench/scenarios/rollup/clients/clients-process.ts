// The process of the separate clients, which says and is told the same as a generator's.

import { serveCalls } from '../../../harness/child-calls.ts'
import type { FromGenerator, ToGenerator } from '../generator/generator-messages.ts'
import { ClientFleet } from './client-fleet.ts'

let fleet: ClientFleet | undefined
let expireMs = 0

async function act(message: ToGenerator, report: (text: string) => void): Promise<FromGenerator> {
  if (message.do === 'setup') {
    fleet = await ClientFleet.start(message.setup)
    return { done: 'setup' }
  }
  if (!fleet) throw new Error('the clients are not set up')
  switch (message.do) {
    case 'prepare':
      fleet.prepare(message.terms)
      expireMs = message.terms.expireMs
      return { done: 'prepare' }
    case 'run':
      return { done: 'run', load: await fleet.send(expireMs, report) }
    case 'drain':
      return { done: 'drain', empty: await fleet.drain(message.withinMs) }
    case 'record':
      return { done: 'record', record: fleet.record() }
  }
}

serveCalls(act)

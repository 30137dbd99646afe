// The generator's own process: what it uses of the processors is counted apart from the system's.

import { serveCalls } from '../../../harness/child-calls.ts'
import type { FromGenerator, ToGenerator } from './generator-messages.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { RollupGenerator } from './rollup-generator.ts'

let generator: RollupGenerator | undefined
let prepared: PreparedRun | undefined

async function act(message: ToGenerator, report: (text: string) => void): Promise<FromGenerator> {
  if (message.do === 'setup') {
    generator = await RollupGenerator.start(message.setup)
    return { done: 'setup' }
  }
  if (!generator) throw new Error('the generator is not set up')
  switch (message.do) {
    case 'prepare': {
      const { book, genesisHash, senders, setup } = generator
      const { absent, spread, senders: kind } = setup
      const signing = { book, genesisHash, absent, spread, signsAll: kind === 'checked' }
      prepared = await prepareRun(message.terms, senders, signing, report)
      return { done: 'prepare' }
    }
    case 'run':
      if (!prepared) throw new Error('nothing is prepared')
      return { done: 'run', load: await generator.run(prepared, report) }
    case 'drain':
      return { done: 'drain', empty: await generator.drain(message.withinMs) }
    case 'record':
      return { done: 'record', record: generator.record() }
  }
}

serveCalls(act)

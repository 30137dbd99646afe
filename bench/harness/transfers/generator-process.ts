// The generator's own process: what it uses of the processors is counted apart from the system's.

import { setPriority } from 'node:os'
import { serveCalls } from '../child-calls.ts'
import { ReadGenerator } from '../reads/read-generator.ts'
import { Generator } from './generator.ts'
import type { FromGenerator, ToGenerator } from './generator-messages.ts'

/** Above what it measures, where that is allowed: a clock that waits for its turn is no clock. */
const NICE = -10

try {
  setPriority(NICE)
} catch {
  // Then the lag that is measured says what it costs.
}

let generator: Generator | ReadGenerator | undefined

async function act(message: ToGenerator, report: (text: string) => void): Promise<FromGenerator> {
  if (message.do === 'setup') {
    const { setup } = message
    generator = setup.kind === 'reads' ? new ReadGenerator(setup) : await Generator.start(setup)
    return { done: 'setup' }
  }
  if (!generator) throw new Error('the generator is not set up')
  switch (message.do) {
    case 'sign':
      await generator.sign(message.times, report)
      return { done: 'sign' }
    case 'run':
      return { done: 'run', load: await generator.run(message.expireMs, report) }
    case 'drain':
      return { done: 'drain', empty: await generator.drain(message.withinMs) }
    case 'record':
      return { done: 'record', record: generator.record() }
  }
}

serveCalls(act)

// The bench's end of the generator's process.

import { fileURLToPath } from 'node:url'
import { ChildCalls } from '../../../harness/child-calls.ts'
import { outcomeOf } from '../../../harness/load-figures.ts'
import type { LoadOutcome, LoadPlan } from '../../../harness/load-plan.ts'
import type {
  FromGenerator,
  GeneratorRecord,
  GeneratorSetup,
  ToGenerator,
} from './generator-messages.ts'

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** One generator for all senders, or as many clients as groups. */
const PROGRAMS = {
  generator: program('./generator-process.ts'),
  clients: program('../clients/clients-process.ts'),
}

export class GeneratorHandle {
  private readonly calls: ChildCalls<ToGenerator, FromGenerator>

  private constructor(calls: ChildCalls<ToGenerator, FromGenerator>) {
    this.calls = calls
  }

  static async start(
    kind: keyof typeof PROGRAMS,
    setup: GeneratorSetup,
    report: (text: string) => void,
  ) {
    const calls = new ChildCalls<ToGenerator, FromGenerator>(PROGRAMS[kind], report)
    await calls.call({ do: 'setup', setup })
    return new GeneratorHandle(calls)
  }

  get pid(): number {
    return this.calls.pid
  }

  async prepare({ name, perSecond, seconds, expireMs }: LoadPlan): Promise<void> {
    await this.calls.call({ do: 'prepare', terms: { name, perSecond, seconds, expireMs } })
  }

  async run(): Promise<LoadOutcome> {
    const { load } = await this.calls.call({ do: 'run' })
    return outcomeOf(load)
  }

  async drain(withinMs: number): Promise<boolean> {
    return (await this.calls.call({ do: 'drain', withinMs })).empty
  }

  async record(): Promise<GeneratorRecord> {
    return (await this.calls.call({ do: 'record' })).record
  }

  stop(): void {
    this.calls.stop()
  }
}

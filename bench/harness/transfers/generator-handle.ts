// The bench's end of the generator's process.

import { fileURLToPath } from 'node:url'
import { ChildCalls } from '../child-calls.ts'
import { outcomeOf } from '../load-figures.ts'
import type { LoadOutcome, LoadPlan } from '../load-plan.ts'
import type {
  FromGenerator,
  GeneratorRecord,
  GeneratorSetup,
  ToGenerator,
} from './generator-messages.ts'

const PROGRAM = fileURLToPath(new URL('./generator-process.ts', import.meta.url))

export class GeneratorHandle {
  private readonly calls: ChildCalls<ToGenerator, FromGenerator>

  private constructor(calls: ChildCalls<ToGenerator, FromGenerator>) {
    this.calls = calls
  }

  static async start(setup: GeneratorSetup, report: (text: string) => void) {
    const calls = new ChildCalls<ToGenerator, FromGenerator>(PROGRAM, report)
    await calls.call({ do: 'setup', setup })
    return new GeneratorHandle(calls)
  }

  get pid(): number {
    return this.calls.pid
  }

  async sign({ times }: LoadPlan): Promise<void> {
    await this.calls.call({ do: 'sign', times })
  }

  async run({ expireMs }: LoadPlan): Promise<LoadOutcome> {
    const { load } = await this.calls.call({ do: 'run', expireMs })
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

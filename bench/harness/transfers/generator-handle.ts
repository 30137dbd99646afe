// The bench's end of the generator's process.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { outcomeOf } from '../load-figures.ts'
import type { LoadOutcome, LoadPlan } from '../load-plan.ts'
import type {
  FromGenerator,
  GeneratorRecord,
  GeneratorSetup,
  ToGenerator,
} from './generator-messages.ts'

const PROGRAM = fileURLToPath(new URL('./generator-process.ts', import.meta.url))

type Done = Exclude<FromGenerator, { failed: string } | { progress: string }>

export class GeneratorHandle {
  private readonly child: ChildProcess
  private readonly report: (text: string) => void
  private waiting: { done(message: Done): void; refuse(error: Error): void } | undefined

  private constructor(report: (text: string) => void) {
    this.report = report
    this.child = fork(PROGRAM, [], { serialization: 'advanced', execArgv: ['--import', 'tsx'] })
    this.child.on('message', (message: FromGenerator) => this.receive(message))
    this.child.on('exit', (code) => this.waiting?.refuse(new Error(`generator ended: ${code}`)))
  }

  static async start(setup: GeneratorSetup, report: (text: string) => void) {
    const handle = new GeneratorHandle(report)
    await handle.call({ do: 'setup', setup })
    return handle
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  private receive(message: FromGenerator): void {
    if ('progress' in message) this.report(message.progress)
    else if ('failed' in message) this.waiting?.refuse(new Error(message.failed))
    else this.waiting?.done(message)
  }

  private call<D extends Done['done']>(
    message: ToGenerator & { do: D },
  ): Promise<Extract<Done, { done: D }>> {
    return new Promise((resolve, reject) => {
      this.waiting = {
        done: (answer) => resolve(answer as Extract<Done, { done: D }>),
        refuse: reject,
      }
      this.child.send(message)
    })
  }

  async sign({ times }: LoadPlan): Promise<void> {
    await this.call({ do: 'sign', times })
  }

  async run({ expireMs }: LoadPlan): Promise<LoadOutcome> {
    const { load } = await this.call({ do: 'run', expireMs })
    return outcomeOf(load)
  }

  async drain(withinMs: number): Promise<boolean> {
    return (await this.call({ do: 'drain', withinMs })).empty
  }

  async record(): Promise<GeneratorRecord> {
    return (await this.call({ do: 'record' })).record
  }

  stop(): void {
    this.waiting = undefined
    this.child.kill()
  }
}

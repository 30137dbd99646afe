// The bench's end of the generator's process.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HdrHistogram } from '../../../harness/hdr-histogram.ts'
import type { LoadOutcome, LoadPlan } from '../../../harness/load-plan.ts'
import type {
  FromGenerator,
  GeneratorRecord,
  GeneratorSetup,
  SentLoad,
  ToGenerator,
} from './generator-messages.ts'

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** One generator for all senders, or as many clients as groups. */
const PROGRAMS = {
  generator: program('./generator-process.ts'),
  clients: program('../clients/clients-process.ts'),
}

type Done = Exclude<FromGenerator, { failed: string } | { progress: string }>

export class GeneratorHandle {
  private readonly child: ChildProcess
  private readonly report: (text: string) => void
  private failure: Error | undefined
  private waiting: { done(message: Done): void; refuse(error: Error): void } | undefined

  private constructor(kind: keyof typeof PROGRAMS, report: (text: string) => void) {
    this.report = report
    this.child = fork(PROGRAMS[kind], [], {
      serialization: 'advanced',
      execArgv: ['--import', 'tsx'],
    })
    this.child.on('message', (message: FromGenerator) => this.receive(message))
    this.child.on('exit', (code) => this.fail(`the generator ended: ${code}`))
  }

  static async start(
    kind: keyof typeof PROGRAMS,
    setup: GeneratorSetup,
    report: (text: string) => void,
  ) {
    const handle = new GeneratorHandle(kind, report)
    await handle.call({ do: 'setup', setup })
    return handle
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  private receive(message: FromGenerator): void {
    if ('progress' in message) this.report(message.progress)
    else if ('failed' in message) this.fail(message.failed)
    else this.waiting?.done(message)
  }

  private fail(why: string): void {
    this.failure ??= new Error(why)
    this.waiting?.refuse(this.failure)
  }

  private call<D extends Done['done']>(
    message: ToGenerator & { do: D },
  ): Promise<Extract<Done, { done: D }>> {
    return new Promise((resolve, reject) => {
      if (this.failure) {
        reject(this.failure)
        return
      }
      this.waiting = {
        done: (answer) => resolve(answer as Extract<Done, { done: D }>),
        refuse: reject,
      }
      this.child.send(message)
    })
  }

  async prepare({ name, perSecond, seconds, expireMs }: LoadPlan): Promise<void> {
    await this.call({ do: 'prepare', terms: { name, perSecond, seconds, expireMs } })
  }

  async run(): Promise<LoadOutcome> {
    const { load } = await this.call({ do: 'run' })
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

function outcomeOf({ latency, fill, bySecond, lag, ...load }: SentLoad): LoadOutcome {
  return {
    ...load,
    latencyUs: new HdrHistogram(latency),
    fillUs: new HdrHistogram(fill),
    bySecond: bySecond.map((state) => new HdrHistogram(state)),
    lagUs: new HdrHistogram(lag),
  }
}

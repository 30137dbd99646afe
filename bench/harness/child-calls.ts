// A process of the bench that is asked one thing at a time, and says how it comes along meanwhile.

import { type ChildProcess, fork } from 'node:child_process'

/** What such a process says; answers besides are `{done: NAME, …}`. */
export type Said = { readonly failed: string } | { readonly progress: string }
type Answer<From> = Extract<From, { readonly done: string }>

export class ChildCalls<To extends { readonly do: string }, From> {
  private readonly child: ChildProcess
  private readonly report: (text: string) => void
  private failure: Error | undefined
  private waiting: { done(message: Answer<From>): void; refuse(error: Error): void } | undefined

  /** `program`: path of its TypeScript. */
  constructor(program: string, report: (text: string) => void) {
    this.report = report
    this.child = fork(program, [], {
      serialization: 'advanced',
      execArgv: ['--import', 'tsx'],
    })
    this.child.on('message', (message: From | Said) => this.receive(message))
    this.child.on('exit', (code) => this.fail(`the generator ended: ${code}`))
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  private receive(message: From | Said): void {
    const said = message as Partial<Record<'progress' | 'failed', string>>
    if (said.progress !== undefined) this.report(said.progress)
    else if (said.failed !== undefined) this.fail(said.failed)
    else this.waiting?.done(message as Answer<From>)
  }

  private fail(why: string): void {
    this.failure ??= new Error(why)
    this.waiting?.refuse(this.failure)
  }

  /** Rejects when the process fails or ends. */
  call<D extends Answer<From>['done']>(
    message: To & { readonly do: D },
  ): Promise<Extract<From, { readonly done: D }>> {
    return new Promise((resolve, reject) => {
      if (this.failure) {
        reject(this.failure)
        return
      }
      this.waiting = {
        done: (answer) => resolve(answer as Extract<From, { readonly done: D }>),
        refuse: reject,
      }
      this.child.send(message)
    })
  }

  stop(): void {
    this.waiting = undefined
    this.child.kill()
  }
}

/** The end of the process that is asked: `act` answers, `report` says how it comes along. */
export function serveCalls<To, From extends object>(
  act: (message: To, report: (text: string) => void) => Promise<From>,
): void {
  const say = (message: From | Said) => {
    process.send?.(message)
  }
  const fail = (error: Error) => say({ failed: error.stack ?? error.message })
  process.on('message', (message: To) => {
    act(message, (progress) => say({ progress })).then(say, fail)
  })
  process.on('uncaughtException', fail)
  process.on('disconnect', () => process.exit(0))
}

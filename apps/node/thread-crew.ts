// The worker threads of a cluster: started, watched, started again when one dies, stopped in order.

import type { Worker } from 'node:worker_threads'
import { THREAD_RESTARTS_MAX } from '../../config/limits.ts'
import type { Host } from '../../runtime/host.ts'
import { newCounters } from '../../runtime/metrics/host-counters.ts'
import type { LogLine } from '../../runtime/ports.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import { ThreadMesh } from '../../transport/threads/thread-mesh.ts'
import type { AdminThread } from './admin/admin-options.ts'
import type { AgentCalls } from './agent/agent-api.ts'
import { absentAgent, callAgent } from './agent/call-agent.ts'
import type { HostPlan } from './plan.ts'
import type { WorkerInput, WorkerReport } from './worker-input.ts'

const RESTART_DELAY_MS = 500
const STOP_LIMIT_MS = 6000
const ENDED_FIRST_MS = 100

export interface CrewEvents {
  log(line: LogLine): void
  warn(message: string): void
  /** A thread runs, for the first time or again. */
  launched(name: string, worker: Worker): void
}

interface Member {
  readonly input: WorkerInput
  worker: Worker
  agent: AgentCalls
  counters: SharedArrayBuffer
  state: AdminThread['state']
  /** It has said that its actors run. */
  answered: boolean
  /** Why its link is down. */
  lost: string | undefined
  restarts: number
}

export class ThreadCrew {
  private readonly mesh: ThreadMesh
  private readonly events: CrewEvents
  private readonly members = new Map<string, Member>()
  private readonly module: URL
  private stopping = false

  /** `module` is what every thread runs. */
  constructor(
    host: Host,
    events: CrewEvents,
    module: URL = runningFile(import.meta.url, './worker'),
  ) {
    this.module = module
    this.mesh = new ThreadMesh(host, (name, why) => this.silent(name, why))
    this.events = events
  }

  /** Resolves with the thread's own words when its actors run; rejects if it cannot start. */
  start(input: WorkerInput): Promise<{ ms: number; actors: number }> {
    return new Promise((resolve, reject) => {
      const launched = this.launch(input)
      const { worker } = launched
      this.members.set(input.plan.name, { input, ...launched, restarts: 0 })
      worker.on('message', (report: WorkerReport) => {
        if (report.type === 'started') resolve(report)
        else if (report.type === 'failed')
          reject(new Error(`${input.plan.name}: ${report.message}`))
      })
      worker.once('error', reject)
    })
  }

  private launch(input: WorkerInput) {
    const counters = newCounters()
    const worker = this.mesh.start(input.plan.name, this.module, { ...input, counters })
    worker.on('message', (report: WorkerReport) => {
      if (report.type === 'log') this.events.log(report.line)
      else if (report.type === 'failed') void worker.terminate()
      else if (report.type === 'started') this.started(input.plan.name, worker)
    })
    worker.on('error', (error) => this.events.warn(`thread ${input.plan.name}: ${error.message}`))
    worker.once('exit', () => this.exited(input.plan.name, worker))
    this.events.launched(input.plan.name, worker)
    const agent = callAgent(worker, input.plan.name)
    const fresh = { state: 'running' as const, answered: false, lost: undefined }
    return { worker, agent, counters, ...fresh }
  }

  private started(name: string, worker: Worker): void {
    const member = this.members.get(name)
    if (member?.worker !== worker) return
    member.answered = true
    // The link was given up while the thread was loading: it can only be had with a new one.
    if (member.lost !== undefined) this.silent(name, member.lost)
  }

  /** The planned threads as they are now; those that were not started yet are down too. */
  threads(plans: readonly HostPlan[]): AdminThread[] {
    return plans.map(({ name: host, node }) => {
      const member = this.members.get(host)
      const { state = 'stopped', restarts = 0, agent = absentAgent(host) } = member ?? {}
      return { host, node, state, restarts, counters: member?.counters, agent }
    })
  }

  /** A thread that ends by itself has crashed: its actors start again on a new one. */
  private exited(name: string, worker: Worker): void {
    const member = this.members.get(name)
    if (member?.worker !== worker) return
    member.state = 'stopped'
    if (this.stopping) return
    if (member.restarts >= THREAD_RESTARTS_MAX) {
      this.events.warn(`thread ${name} died ${member.restarts + 1} times and stays down`)
      return
    }
    member.restarts++
    member.state = 'restarting'
    this.events.warn(`thread ${name} died and is started again`)
    setTimeout(() => {
      if (!this.stopping) Object.assign(member, this.launch(member.input))
    }, RESTART_DELAY_MS)
  }

  /** It runs and does not answer: the thread is ended, and its actors start again on a new one. */
  private silent(name: string, why: string): void {
    const worker = this.members.get(name)?.worker
    // One that has ended is silent too: its end is about to be told.
    setTimeout(() => {
      const member = this.members.get(name)
      if (this.stopping || member?.worker !== worker || member?.state !== 'running') return
      member.lost = why
      if (!member.answered) return
      this.events.warn(`thread ${name} does not answer (${why}) and is replaced`)
      void member.worker.terminate()
    }, ENDED_FIRST_MS)
  }

  /** Stops the named threads, all at once; one that does not answer in time is ended. */
  async stop(names: readonly string[]): Promise<void> {
    this.stopping = true
    await Promise.all(names.map((name) => this.stopOne(name)))
  }

  private async stopOne(name: string): Promise<void> {
    const worker = this.members.get(name)?.worker
    if (!worker) return
    let timer: NodeJS.Timeout | undefined
    // Its ports may keep a thread alive that has said its last word.
    const gone = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve())
      worker.on('message', (report: WorkerReport) => {
        if (report.type === 'stopped') resolve()
      })
    })
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_LIMIT_MS)
    })
    worker.postMessage({ type: 'stop' })
    await Promise.race([gone, late])
    clearTimeout(timer)
    await worker.terminate()
  }
}

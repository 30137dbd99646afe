// What the admin server of a process is given: the process's threads and how to ask them, where its
// data lies, and the parts of the chain and the market it can reach.

import type { Host } from '../../../runtime/host.ts'
import type { HttpRoute } from '../../../transport/http/http-server.ts'
import type { AgentCalls } from '../agent/agent-api.ts'
import type { HostLog } from '../host-log.ts'
import type { ProcessServers } from '../process-servers.ts'

export interface AdminThread {
  /** Name of the thread's host, such as node0/chain. */
  readonly host: string
  readonly node: string
  readonly state: 'running' | 'restarting' | 'stopped'
  /** Times that the thread was started again. */
  readonly restarts: number
  readonly counters: SharedArrayBuffer | undefined
  readonly agent: AgentCalls
}

export interface AdminOptions {
  readonly process: string
  /** Nodes that this process runs. */
  readonly nodes: readonly string[]
  /** The main thread's host, through which actors are asked. */
  readonly host: Host
  /** As they are now, the main thread's own host among them. */
  readonly threads: () => readonly AdminThread[]
  readonly dataDirectory: string
  /** Bytes of the disk that must be free; by default READY_DISK_BYTES. */
  readonly diskFreeMin?: number | undefined
  /** Bearer token of everything that changes or listens in. */
  readonly token: string
  /** 0 picks a free port. */
  readonly port: number
  readonly log: HostLog
  /** Keys of the validators that this process runs, and of all. */
  readonly validators: readonly string[]
  readonly allValidators: readonly string[]
  /** Of the rollup, as many as there are now: every validator runs all of them. */
  readonly shards: () => Promise<number>
  /** Whether so many validators, this one included, can make blocks. */
  readonly isQuorum: (count: number) => boolean
  /** Undefined in a topology without a coordinator. */
  readonly schedulerKey: string | undefined
  /** What the gateways of this process have answered; absent before they are there. */
  readonly rpc?: () => ReturnType<ProcessServers['rpc']>
  /** What the operator should know now, for people; absent where nothing can be found out. */
  readonly warnings?: () => Promise<readonly string[]>
  /** Routes of other parts that need the same token, such as /chaos/links. */
  readonly guarded?: readonly HttpRoute[]
  readonly warn: (message: string) => void
}

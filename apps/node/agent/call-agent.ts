// The main thread's side of a thread's agent. comlink has neither deadlines nor an end for calls to
// a thread that died (docs/decisions/0081): here every call is raced with both.

import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { type Endpoint, type Remote, wrap } from 'comlink'
import nodeEndpoint from 'comlink/dist/umd/node-adapter.js'
import { AGENT_CALL_MS } from '../../../config/limits.ts'
import type { AgentApi, AgentCalls } from './agent-api.ts'

export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code: 'SILENT' | 'GONE'
  constructor(code: AgentError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Handed to the worker thread, which serves its agent on the port. */
export interface AgentMessage {
  readonly type: 'aitbc-agent'
  readonly port: MessagePort
}

export function isAgentMessage(value: unknown): value is AgentMessage {
  return (value as AgentMessage | null)?.type === 'aitbc-agent'
}

/** comlink's types know browsers' ports; node's work through its adapter, which is a function. */
export function comlinkEndpoint(port: MessagePort): Endpoint {
  const adapt = nodeEndpoint as unknown as (port: MessagePort) => Endpoint
  return adapt(port)
}

/** How long a call may take: a tap waits for messages as long as it was told to. */
function limitOf(name: string, args: readonly unknown[]): number {
  if (name === 'stopProfile') return 4 * AGENT_CALL_MS
  return AGENT_CALL_MS + (name === 'tap' ? ((args[0] as { ms?: number })?.ms ?? 0) : 0)
}

/** Of a thread that does not run: every call is refused at once. */
export function absentAgent(name: string): AgentCalls {
  return callsOf(() => Promise.reject(new AgentError('GONE', `thread ${name} does not run`)))
}

function callsOf(call: (verb: keyof AgentApi, args: unknown[]) => Promise<unknown>): AgentCalls {
  return {
    actors: (...args) => call('actors', args) as never,
    thread: (...args) => call('thread', args) as never,
    stores: (...args) => call('stores', args) as never,
    loopLagMs: (...args) => call('loopLagMs', args) as never,
    spans: (...args) => call('spans', args) as never,
    inspect: (...args) => call('inspect', args) as never,
    act: (...args) => call('act', args) as never,
    tap: (...args) => call('tap', args) as never,
    startProfile: (...args) => call('startProfile', args) as never,
    stopProfile: (...args) => call('stopProfile', args) as never,
  }
}

/** Opens a port to the thread's agent. Rejects with AgentError, never later than its limit. */
export function callAgent(worker: Worker, name: string): AgentCalls {
  const { port1, port2 } = new MessageChannel()
  worker.postMessage({ type: 'aitbc-agent', port: port2 } satisfies AgentMessage, [port2])
  // The port must not keep a process alive whose work is done.
  port1.unref()
  // Referenced by the calls below: a proxy that is collected drops the answers still under way.
  const remote: Remote<AgentApi> = wrap<AgentApi>(comlinkEndpoint(port1))
  let gone = false
  const open = new Set<() => void>()
  worker.once('exit', () => {
    gone = true
    port1.close()
    for (const end of open) end()
  })
  const call = (verb: keyof AgentApi, args: unknown[]): Promise<unknown> => {
    const died = () => new AgentError('GONE', `thread ${name} is gone`)
    if (gone) return Promise.reject(died())
    return new Promise((resolve, reject) => {
      const limit = limitOf(verb, args)
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        open.delete(end)
        settle()
      }
      const end = () => finish(() => reject(died()))
      const timer = setTimeout(() => {
        const why = `thread ${name} did not answer within ${limit} ms`
        finish(() => reject(new AgentError('SILENT', why)))
      }, limit)
      open.add(end)
      const send = remote[verb] as unknown as (...args: unknown[]) => Promise<unknown>
      send(...args).then(
        (value) => finish(() => resolve(value)),
        (error) => finish(() => reject(error)),
      )
    })
  }
  return callsOf(call)
}

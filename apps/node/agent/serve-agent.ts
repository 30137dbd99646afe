// The worker thread's side of its agent: every port that the main thread hands over is served.

import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import type { AgentApi } from './agent-api.ts'
import { comlinkEndpoint, isAgentMessage } from './call-agent.ts'

export function serveAgent(agent: AgentApi): void {
  parentPort?.on('message', (message: unknown) => {
    if (!isAgentMessage(message)) return
    expose(agent, comlinkEndpoint(message.port))
    // Inspection alone must not keep a thread alive.
    message.port.unref()
  })
}

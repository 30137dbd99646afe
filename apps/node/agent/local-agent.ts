// The agent of the main thread's own host, called without a thread in between.

import type { AgentApi, AgentCalls } from './agent-api.ts'

export function localAgent(agent: AgentApi): AgentCalls {
  return {
    actors: async (query) => agent.actors(query),
    thread: async () => agent.thread(),
    stores: async () => agent.stores(),
    loopLagMs: async () => agent.loopLagMs(),
    spans: async (trace, max) => agent.spans(trace, max),
    inspect: async (id) => agent.inspect(id),
    act: async (request) => agent.act(request),
    tap: async (request) => agent.tap(request),
    startProfile: async () => agent.startProfile(),
    stopProfile: async () => agent.stopProfile(),
  }
}

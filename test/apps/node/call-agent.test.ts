// Calls into a thread's agent always end: with an answer, with the agent's own error, at the
// deadline when the thread is blocked, at once when the thread dies.

import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AgentError, callAgent } from '../../../apps/node/agent/call-agent.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import { bootFile } from '../../../transport/threads/thread-mesh.ts'

function startThread() {
  const module = runningFile(import.meta.url, '../../fixtures/agent-thread').href
  const worker = new Worker(bootFile(), { workerData: { module } })
  return { worker, agent: callAgent(worker, 'probe') }
}

async function failure(call: Promise<unknown>): Promise<AgentError> {
  try {
    await call
  } catch (error) {
    return error as AgentError
  }
  throw new Error('the call was answered')
}

/** The thread needs a moment to start: the first call may run into its deadline. */
async function started(agent: ReturnType<typeof callAgent>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await agent.thread()
      return
    } catch (error) {
      if (tries > 10) throw error
    }
  }
}

test('an answer, and an error of the agent, come back', async () => {
  const { worker, agent } = startThread()
  await started(agent)
  assert.ok((await agent.thread()).heapUsedBytes > 0)
  assert.match((await failure(agent.inspect('throw'))).message, 'on purpose')
  await worker.terminate()
})

test('a thread that dies ends the calls under way at once, and later ones too', async () => {
  const { worker, agent } = startThread()
  await started(agent)
  const waiting = [failure(agent.inspect('never')), failure(agent.inspect('never'))]
  await worker.terminate()
  for (const error of await Promise.all(waiting)) assert.is(error.code, 'GONE')
  assert.is((await failure(agent.thread())).code, 'GONE')
})

test('a blocked thread, and an agent that never answers, are left at the deadline', async () => {
  const { worker, agent } = startThread()
  await started(agent)
  const blocked = failure(agent.inspect('6000'))
  const behind = failure(agent.thread())
  for (const error of await Promise.all([blocked, behind])) assert.is(error.code, 'SILENT')
  await worker.terminate()
})

test('a CPU profile is taken of the thread', async () => {
  const { worker, agent } = startThread()
  await started(agent)
  assert.match((await failure(agent.stopProfile())).message, 'no profile')
  await agent.startProfile()
  assert.match((await failure(agent.startProfile())).message, 'already')
  await agent.inspect('30')
  const profile = JSON.parse(await agent.stopProfile())
  assert.ok(Array.isArray(profile.nodes) && profile.endTime > profile.startTime)
  await worker.terminate()
})

test.run()

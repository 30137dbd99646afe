// The real models, where they are cached: the golden self-test through a real child process, and a
// child that is killed in the middle of a run. Skipped, saying so, where they are not.

import { execFileSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadManifest, manifestIds } from '../../compute/models/manifest.ts'
import { isCached } from '../../compute/models/model-cache.ts'
import type { RunResult } from '../../compute/runners/runner.ts'
import { RunnerProcess } from '../../compute/runners/runner-process.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'

function request(model: string, input: JobRequest['input_data'], maxTokens: number): JobRequest {
  const requirements = {
    ...{ max_tokens: maxTokens, temperature: '0', top_p: '1', top_k: 0 },
    ...{ repetition_penalty: '1', seed: 0, stop: [], verification: 'V0', deadline_seconds: 60 },
  }
  const salt = `0x${'00'.repeat(32)}`
  const fixed = { version: '1', type: 'inference', model_id: model, salt }
  return { ...fixed, input_data: input, requirements } as unknown as JobRequest
}

interface Ended {
  result?: RunResult
  code?: string
  chunks: string[]
}

function run(child: RunnerProcess, job: JobRequest, onChunk = () => {}): Promise<Ended> {
  const chunks: string[] = []
  return new Promise((resolve) => {
    child.run(job, 1_000_000, {
      chunk: (text) => {
        chunks.push(text)
        onChunk()
      },
      done: (result) => resolve({ result, chunks }),
      failed: (code) => resolve({ code, chunks }),
    })
  })
}

/** The child that runs a model, found as the operating system sees it. */
function processOf(modelId: string): number {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${process.pid}`]).toString()
  const line = lines
    .split('\n')
    .find((one) => /runner-child\.[jt]s /.test(one) && one.endsWith(` ${modelId}`))
  return Number(line?.trim().split(' ')[0])
}

for (const id of manifestIds()) {
  const here = isCached(loadManifest(id))
  if (!here) process.stdout.write(`skipped: ${id} is not cached (./aitbc models pull ${id})\n`)
  const maybe = here ? test : test.skip
  maybe(`${id} gives its known answers in a process of its own`, async () => {
    const child = new RunnerProcess(id)
    const { unitsPerSecond, loadMs } = await child.ready
    assert.ok(unitsPerSecond > 0 && loadMs > 0)
    child.kill()
  })
}

const story = isCached(loadManifest('stories15m')) ? test : test.skip

story(
  'a killed process ends its run as MODEL_CRASHED; a new one runs; a cancel is heard',
  async () => {
    const prompt = request(
      'stories15m',
      { prompt: 'Once upon a time' } as JobRequest['input_data'],
      200,
    )
    const first = new RunnerProcess('stories15m')
    await first.ready
    let killed = false
    const crashed = await run(first, prompt, () => {
      if (killed) return
      killed = true
      process.kill(processOf('stories15m'), 'SIGKILL')
    })
    assert.is(crashed.code, 'MODEL_CRASHED')
    assert.ok(crashed.chunks.length > 0)
    assert.is((await run(first, prompt)).code, 'MODEL_CRASHED', 'and so does every later run')

    const second = new RunnerProcess('stories15m')
    await second.ready
    const short = await run(second, {
      ...prompt,
      requirements: { ...prompt.requirements, max_tokens: 8 },
    })
    assert.is(short.chunks.join(''), JSON.parse(short.result?.output as string).text)
    assert.is(short.result?.completionTokens, 8)
    let cancelled = false
    const cut = await run(second, prompt, () => {
      if (!cancelled) second.cancel(2)
      cancelled = true
    })
    assert.ok(cut.result?.cancelled)
    assert.ok((cut.result?.completionTokens as number) < 200)
    second.kill()
  },
)

const embedding = isCached(loadManifest('all-minilm-l6-v2')) ? test : test.skip

embedding(
  'embeddings: like texts are near, unlike ones are not, and all have length one',
  async () => {
    const child = new RunnerProcess('all-minilm-l6-v2')
    await child.ready
    const input = ['A cat sits on the mat.', 'A kitten is on a rug.', 'Interest rates rose again.']
    const { result } = await run(
      child,
      request('all-minilm-l6-v2', { input } as JobRequest['input_data'], 1),
    )
    child.kill()
    assert.is(result?.inputs, 3)
    const { embeddings } = JSON.parse(result?.output as string) as { embeddings: number[][] }
    const [cat, kitten, rates] = embeddings as [number[], number[], number[]]
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0)
    for (const one of embeddings) assert.ok(Math.abs(dot(one, one) - 1) < 1e-3)
    assert.ok(dot(cat, kitten) > dot(cat, rates) + 0.2)
  },
)

test.run()

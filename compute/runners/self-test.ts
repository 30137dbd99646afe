// The golden self-test: a worker may offer a model only after its engine, on its device, has given
// the manifest's known answers. It also measures how fast the model is here.

import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { GoldenVector, Manifest } from '../models/manifest.ts'
import type { Runner, RunResult } from './runner.ts'

function requestFor(manifest: Manifest, golden: GoldenVector): JobRequest {
  const text = golden.task === 'embedding'
  return {
    version: '1',
    type: 'inference',
    model_id: manifest.id,
    input_data: text ? { input: [golden.text] } : { prompt: golden.prompt },
    requirements: {
      max_tokens: text ? 1 : golden.max_tokens,
      temperature: '0',
      top_p: '1',
      top_k: 0,
      repetition_penalty: '1',
      seed: 0,
      stop: [],
      verification: 'V0',
      deadline_seconds: 60,
    },
    salt: `0x${'00'.repeat(32)}`,
  }
}

/** What is wrong with the answer, or undefined. */
function difference(golden: GoldenVector, { output }: RunResult): string | undefined {
  const answer = JSON.parse(output) as { text?: string; embeddings?: number[][] }
  if (golden.task === 'text-generation') {
    return answer.text === golden.text ? undefined : `wrote ${JSON.stringify(answer.text)}`
  }
  const vector = answer.embeddings?.[0] ?? []
  for (const [i, expected] of golden.micros.entries()) {
    const got = Math.round((vector[i] ?? Number.NaN) * 1e6)
    if (!(Math.abs(got - expected) <= golden.tolerance))
      return `component ${i} is ${got} millionths`
  }
  return undefined
}

/** Units a second. Throws if any known answer is not given. */
export async function selfTest(manifest: Manifest, runner: Runner): Promise<number> {
  let units = 0
  const startedAt = performance.now()
  for (const golden of manifest.golden) {
    const result = await runner.run(requestFor(manifest, golden), {
      unitsMax: 1_000_000,
      signal: new AbortController().signal,
      onChunk: () => {},
    })
    const wrong = difference(golden, result)
    if (wrong) throw new Error(`${manifest.id} fails its golden self-test here: it ${wrong}`)
    const tokens = result.promptTokens + result.completionTokens
    units += manifest.unit === 'tokens' ? tokens : result.inputs
  }
  return (units / (performance.now() - startedAt)) * 1000
}

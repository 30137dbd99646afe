// Sentence embeddings on ONNX Runtime: tokens in, mean of the last hidden state, normalised. The
// graph optimisation level is part of the engine class, because it changes the last bits.

import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { JobInput, JobRequest } from '../../protocol/job/job-request.ts'
import { type LoadRunner, RunError, type RunLimits, type Runner, type RunResult } from './runner.ts'
import { WordPieceTokenizer } from './wordpiece-tokenizer.ts'

/** Components are printed with this many decimals: the output's bytes are what is signed. */
const DECIMALS = 6

function textsOf(input: JobInput): readonly string[] {
  if ('input' in input) return input.input
  if ('prompt' in input) return [input.prompt]
  throw new RunError('INVALID_INPUT', 'this model embeds texts: give one text or a list')
}

function meanPooled(hidden: Float32Array, tokens: number): Float64Array {
  const size = hidden.length / tokens
  const mean = new Float64Array(size)
  for (let t = 0; t < tokens; t++) {
    for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (hidden[t * size + i] as number)
  }
  const norm = Math.sqrt(mean.reduce((sum, x) => sum + x * x, 0))
  return mean.map((x) => x / norm)
}

class EmbeddingRunner implements Runner {
  private readonly session: InferenceSession
  private readonly tokenizer: WordPieceTokenizer
  private readonly context: number

  constructor(session: InferenceSession, tokenizer: WordPieceTokenizer, context: number) {
    this.session = session
    this.tokenizer = tokenizer
    this.context = context
  }

  private async embed(ids: readonly number[]): Promise<Float64Array> {
    const shape = [1, ids.length]
    const int64 = (values: readonly number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), shape)
    const feeds: Record<string, Tensor> = {
      input_ids: int64(ids),
      attention_mask: int64(ids.map(() => 1)),
      token_type_ids: int64(ids.map(() => 0)),
    }
    const { last_hidden_state } = await this.session.run(feeds)
    if (!last_hidden_state) throw new Error('the model gives no last_hidden_state')
    return meanPooled(last_hidden_state.data as Float32Array, ids.length)
  }

  async run(request: JobRequest, limits: RunLimits): Promise<RunResult> {
    const texts = textsOf(request.input_data)
    const embeddings: number[][] = []
    let promptTokens = 0
    for (const text of texts.slice(0, limits.unitsMax)) {
      if (limits.signal.aborted) break
      const ids = this.tokenizer.encode(text, this.context)
      promptTokens += ids.length
      const vector = await this.embed(ids)
      embeddings.push(Array.from(vector, (x) => Number(x.toFixed(DECIMALS))))
    }
    const inputs = embeddings.length
    const output = JSON.stringify({ embeddings })
    return { output, promptTokens, completionTokens: 0, inputs, cancelled: inputs < texts.length }
  }
}

export const loadOnnxRunner: LoadRunner = async (manifest, files) => {
  const model = files['model_quantized.onnx']
  const tokenizer = files['tokenizer.json']
  if (!model || !tokenizer) throw new Error(`${manifest.id}: the manifest misses a file`)
  const session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const words = new WordPieceTokenizer(JSON.parse(readFileSync(tokenizer, 'utf8')))
  return new EmbeddingRunner(session, words, manifest.context)
}

// Runs llama2.c models on the reference engine, token by token, giving way between tokens so that a
// cancel is seen at once.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setImmediate as giveWay } from 'node:timers/promises'
import { prng } from '../../lib/prng.ts'
import type { JobInput, JobRequest } from '../../protocol/job/job-request.ts'
import { readLlamaCheckpoint } from './llama-checkpoint.ts'
import { LlamaEngine } from './llama-engine.ts'
import { BOS, EOS, LlamaTokenizer } from './llama-tokenizer.ts'
import { type LoadRunner, RunError, type RunLimits, type Runner, type RunResult } from './runner.ts'
import { type SamplerSettings, sampleToken } from './sample-token.ts'
import { TextStream } from './text-stream.ts'

/** How many of the latest tokens the repetition penalty looks at. */
const REPETITION_WINDOW = 64

function promptOf(input: JobInput): string {
  if ('prompt' in input) return input.prompt
  if ('messages' in input) return input.messages.map((message) => message.content).join('\n')
  throw new RunError('INVALID_INPUT', 'this model generates text: give a prompt or messages')
}

function settingsOf(request: JobRequest): SamplerSettings {
  const { temperature, top_p, top_k, repetition_penalty } = request.requirements
  const repetitionPenalty = Number(repetition_penalty)
  if (!(repetitionPenalty > 0)) {
    throw new RunError('INVALID_INPUT', 'repetition_penalty must be above 0 for this model')
  }
  return { temperature: Number(temperature), topP: Number(top_p), topK: top_k, repetitionPenalty }
}

class LlamaRunner implements Runner {
  private readonly engine: LlamaEngine
  private readonly tokenizer: LlamaTokenizer

  constructor(engine: LlamaEngine, tokenizer: LlamaTokenizer) {
    this.engine = engine
    this.tokenizer = tokenizer
  }

  async run(request: JobRequest, limits: RunLimits): Promise<RunResult> {
    const prompt = this.promptTokens(promptOf(request.input_data))
    const { max_tokens, stop } = request.requirements
    const paid = limits.unitsMax - prompt.length
    if (paid < 1) {
      const message = `the price covers ${limits.unitsMax} tokens; the prompt alone has ${prompt.length}`
      throw new RunError('PRICE_TOO_LOW', message)
    }
    const room = Math.min(max_tokens, this.engine.weights.config.context - prompt.length, paid)
    const stream = new TextStream(stop, limits.onChunk)
    const { completion, finish } = await this.generate(request, prompt, room, stream, limits.signal)
    if (finish !== 'stop') stream.end()
    return {
      output: JSON.stringify({ text: stream.text, finish_reason: finish }),
      promptTokens: prompt.length,
      completionTokens: completion,
      inputs: 1,
      cancelled: finish === 'cancelled',
    }
  }

  /** Throws RunError before any long work if the text cannot fit. */
  private promptTokens(text: string): number[] {
    const { context } = this.engine.weights.config
    const bytes = Buffer.byteLength(text, 'utf8')
    const least = Math.ceil(bytes / this.tokenizer.pieceBytesMax)
    const tokens = least < context ? this.tokenizer.encode(text) : undefined
    if (tokens && tokens.length < context) return tokens
    const count = tokens ? `${tokens.length}` : `at least ${least}`
    throw new RunError(
      'CONTEXT_LENGTH',
      `the prompt has ${count} tokens; prompt and answer share a context of ${context}`,
    )
  }

  private async generate(
    request: JobRequest,
    prompt: readonly number[],
    room: number,
    stream: TextStream,
    signal: AbortSignal,
  ): Promise<{ completion: number; finish: 'length' | 'stop' | 'cancelled' }> {
    const settings = settingsOf(request)
    const random = prng(`aitbc-llama-ref/${request.requirements.seed}`)
    const tokens = [...prompt]
    let logits = await this.prefill(prompt, signal)
    for (let completion = 0; ; ) {
      if (!logits || signal.aborted) return { completion, finish: 'cancelled' }
      const token = sampleToken(logits, settings, tokens.slice(-REPETITION_WINDOW), random)
      if (token === BOS || token === EOS) {
        stream.end()
        return { completion, finish: 'stop' }
      }
      completion++
      const piece = this.tokenizer.piece(token, tokens.at(-1) as number)
      tokens.push(token)
      if (stream.push(piece)) return { completion, finish: 'stop' }
      if (completion >= room) return { completion, finish: 'length' }
      await giveWay()
      logits = signal.aborted ? undefined : this.engine.forward(token, tokens.length - 1)
    }
  }

  /** Undefined when it was cancelled on the way. */
  private async prefill(prompt: readonly number[], signal: AbortSignal) {
    let logits: Float32Array | undefined
    for (const [position, token] of prompt.entries()) {
      if (signal.aborted) return undefined
      logits = this.engine.forward(token, position)
      await giveWay()
    }
    return logits
  }
}

export const loadLlamaRunner: LoadRunner = async (manifest, files) => {
  const path = files['llama2.data']
  if (!path) throw new Error(`${manifest.id}: the manifest names no llama2.data`)
  const file = readFileSync(path)
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const weights = readLlamaCheckpoint(bytes)
  const tokenizerBytes = bytes.subarray(weights.byteLength)
  const digest = createHash('sha256').update(tokenizerBytes).digest('hex')
  if (digest !== manifest.tokenizer_sha256) {
    throw new Error(`${manifest.id}: the tokenizer is not the one that the manifest names`)
  }
  const tokenizer = new LlamaTokenizer(tokenizerBytes, weights.config.vocabulary)
  return new LlamaRunner(new LlamaEngine(weights), tokenizer)
}

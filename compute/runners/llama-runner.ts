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

/** How many of the latest tokens the repetition penalty looks at. */
const REPETITION_WINDOW = 64

function promptOf(input: JobInput): string {
  if ('prompt' in input) return input.prompt
  if ('messages' in input) return input.messages.map((message) => message.content).join('\n')
  throw new RunError('INVALID_INPUT', 'this model generates text: give a prompt or messages')
}

function settingsOf(request: JobRequest): SamplerSettings {
  const { temperature, top_p, top_k, repetition_penalty } = request.requirements
  return {
    temperature: Number(temperature),
    topP: Number(top_p),
    topK: top_k,
    repetitionPenalty: Number(repetition_penalty),
  }
}

class LlamaRunner implements Runner {
  private readonly engine: LlamaEngine
  private readonly tokenizer: LlamaTokenizer

  constructor(engine: LlamaEngine, tokenizer: LlamaTokenizer) {
    this.engine = engine
    this.tokenizer = tokenizer
  }

  async run(request: JobRequest, limits: RunLimits): Promise<RunResult> {
    const { context } = this.engine.weights.config
    const prompt = this.tokenizer.encode(promptOf(request.input_data))
    if (prompt.length >= context) {
      throw new RunError(
        'CONTEXT_LENGTH',
        `the prompt has ${prompt.length} tokens; this model's context is ${context}`,
      )
    }
    const settings = settingsOf(request)
    const { max_tokens, seed, stop } = request.requirements
    const room = Math.min(max_tokens, context - prompt.length, limits.unitsMax - prompt.length)
    const random = prng(`aitbc-llama-ref/${seed}`)
    const decoder = new TextDecoder()
    const tokens = [...prompt]
    let text = ''
    let completion = 0
    let cancelled = false
    let finish = 'length'
    let logits = await this.prefill(prompt, limits.signal)
    while (logits && completion < room) {
      const recent = tokens.slice(-REPETITION_WINDOW)
      const token = sampleToken(logits, settings, recent, random)
      if (token === BOS || token === EOS) {
        finish = 'stop'
        break
      }
      completion++
      const piece = this.tokenizer.piece(token, tokens.at(-1) as number)
      const chunk = decoder.decode(piece, { stream: true })
      text += chunk
      if (chunk) limits.onChunk(chunk)
      tokens.push(token)
      if (stop.some((ending) => ending && text.includes(ending))) {
        finish = 'stop'
        break
      }
      await giveWay()
      if (limits.signal.aborted) {
        cancelled = true
        finish = 'cancelled'
        break
      }
      if (completion < room) logits = this.engine.forward(token, tokens.length - 1)
    }
    if (!logits) {
      cancelled = true
      finish = 'cancelled'
    }
    const rest = decoder.decode()
    if (rest) limits.onChunk(rest)
    const output = JSON.stringify({ text: text + rest, finish_reason: finish })
    const counts = { promptTokens: prompt.length, completionTokens: completion, inputs: 1 }
    return { output, ...counts, cancelled }
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

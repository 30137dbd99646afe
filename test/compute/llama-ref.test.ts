// The reference Llama on a toy checkpoint that is made here from a seed: the same words every time,
// and settings that do what they say.

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Manifest } from '../../compute/models/manifest.ts'
import { readLlamaCheckpoint } from '../../compute/runners/llama-checkpoint.ts'
import { LlamaEngine } from '../../compute/runners/llama-engine.ts'
import { loadLlamaRunner } from '../../compute/runners/llama-runner.ts'
import { LlamaTokenizer } from '../../compute/runners/llama-tokenizer.ts'
import { RunError, type Runner } from '../../compute/runners/runner.ts'
import { sampleToken } from '../../compute/runners/sample-token.ts'
import { prng } from '../../lib/prng.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'

const DIM = 32
const HIDDEN = 64
const LAYERS = 2
const HEADS = 4
const KV_HEADS = 2
const VOCABULARY = 300
const CONTEXT = 48

/** About 30 000 parameters; rotary tables as llama2.c writes them. */
function checkpoint(): Uint8Array {
  const head = DIM / HEADS
  const kv = head * KV_HEADS
  const random = prng('toy')
  const weights = (n: number, scale = 0.3) =>
    Array.from({ length: n }, () => (random.unit() * 2 - 1) * scale)
  const ones = (n: number) => Array.from({ length: n }, () => 1)
  const angles = Array.from({ length: (CONTEXT * head) / 2 }, (_, i) => {
    const position = Math.floor(i / (head / 2))
    return position / 10_000 ** ((2 * (i % (head / 2))) / head)
  })
  const floats = [
    weights(VOCABULARY * DIM, 1),
    ones(LAYERS * DIM),
    weights(LAYERS * DIM * DIM),
    weights(LAYERS * kv * DIM),
    weights(LAYERS * kv * DIM),
    weights(LAYERS * DIM * DIM),
    ones(LAYERS * DIM),
    weights(LAYERS * HIDDEN * DIM),
    weights(LAYERS * HIDDEN * DIM),
    weights(LAYERS * HIDDEN * DIM),
    ones(DIM),
    angles.map(Math.cos),
    angles.map(Math.sin),
  ].flat()
  const header = Int32Array.of(DIM, HIDDEN, LAYERS, HEADS, KV_HEADS, VOCABULARY, CONTEXT)
  return Buffer.concat([Buffer.from(header.buffer), Buffer.from(Float32Array.from(floats).buffer)])
}

/** Three specials, 256 bytes, then letters and a few joined pieces. */
function tokenizerBytes(): Uint8Array {
  const joined = ['he', 'll', 'hell', 'hello', ' hello', ' w', 'or', 'ld', 'é']
  const single = [...' abcdefghijklmnopqrstuvwxyz']
  const real = [...single, ...joined]
  const parts: Buffer[] = [Buffer.alloc(4)]
  for (let id = 0; id < VOCABULARY; id++) {
    const piece =
      id < 3
        ? Buffer.from(['<unk>', '\n<s>\n', '\n</s>\n'][id] as string)
        : id < 259
          ? Buffer.of(id - 3)
          : Buffer.from(real[id - 259] ?? `~${id}`)
    const head = Buffer.alloc(8)
    head.writeFloatLE(id < 259 ? 0 : -1 / id, 0)
    head.writeInt32LE(piece.length, 4)
    parts.push(head, piece)
  }
  return Buffer.concat(parts)
}

const tokenizer = new LlamaTokenizer(tokenizerBytes(), VOCABULARY)
let runner: Runner
let folder = ''

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aitbc-toy-'))
  const path = join(folder, 'llama2.data')
  writeFileSync(path, Buffer.concat([checkpoint(), tokenizerBytes()]))
  const tokenizer_sha256 = createHash('sha256').update(tokenizerBytes()).digest('hex')
  const manifest = { id: 'toy', tokenizer_sha256 } as Manifest
  runner = await loadLlamaRunner(manifest, { 'llama2.data': path })
  const other = { ...manifest, tokenizer_sha256: '00'.repeat(32) }
  try {
    await loadLlamaRunner(other, { 'llama2.data': path })
    assert.unreachable('another tokenizer')
  } catch (error) {
    assert.match((error as Error).message, 'tokenizer')
  }
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

type Changes = Partial<JobRequest['requirements']>

async function generate(prompt: string, changes: Changes = {}, unitsMax = 1000, stopAfter = 1e9) {
  const requirements = {
    ...{ max_tokens: 12, temperature: '0', top_p: '1', top_k: 0, repetition_penalty: '1' },
    ...{ seed: 1, stop: [], ...changes },
  }
  const abort = new AbortController()
  const chunks: string[] = []
  const request = { input_data: { prompt }, requirements } as unknown as JobRequest
  const result = await runner.run(request, {
    unitsMax,
    signal: abort.signal,
    onChunk: (chunk) => {
      if (chunks.push(chunk) >= stopAfter) abort.abort()
    },
  })
  const answer = JSON.parse(result.output) as { text: string; finish_reason: string }
  return { ...result, ...answer, chunks }
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

test('the same prompt gives the same bytes: the known ones', async () => {
  const [one, two] = [await generate('hello world'), await generate('hello world')]
  assert.is(one.output, two.output)
  assert.is(one.chunks.join(''), one.text, 'what was streamed is what is hashed')
  assert.equal([one.promptTokens, one.completionTokens, one.finish_reason], [5, 12, 'length'])
  assert.is(digest(one.output), '33e9e579991f840e')
  const warm = await generate('hello world', { temperature: '1', top_p: '0.9', top_k: 40 })
  assert.is(digest(warm.output), 'c40ddfa4a1c707d1')
})

test('the seed decides at temperature above 0, and only there', async () => {
  const warm = { temperature: '1.5' }
  const texts = new Set<string>()
  for (let seed = 0; seed < 6; seed++) texts.add((await generate('ab', { ...warm, seed })).text)
  assert.ok(texts.size >= 5, `${texts.size} different texts of 6`)
  const cold = await generate('ab', { seed: 1 })
  assert.is((await generate('ab', { seed: 2 })).text, cold.text)
  assert.is((await generate('ab', { ...warm, top_k: 1 })).text, cold.text, 'top_k 1 is greedy')
  assert.is((await generate('ab', { ...warm, top_p: '0' })).text, cold.text, 'top_p 0 is greedy')
})

test('the sampler: shares, cut-offs, penalty, and settings at their ends', () => {
  const random = prng('draws')
  const logits = () => Float32Array.of(Math.log(8), Math.log(4), Math.log(2), Math.log(1), 0)
  const draw = (temperature: number, topP: number, topK: number, repetitionPenalty = 1) => {
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < 2000; i++) {
      const settings = { temperature, topP, topK, repetitionPenalty }
      const token = sampleToken(logits(), settings, [0], random)
      counts[token] = (counts[token] as number) + 1
    }
    return counts.map((n) => n / 2000)
  }
  const all = draw(1, 1, 0)
  for (const [i, share] of [8, 4, 2, 1, 1].entries()) {
    assert.ok(Math.abs((all[i] as number) - share / 16) < 0.04, `token ${i}: ${all[i]}`)
  }
  assert.equal(draw(1, 1, 2).slice(2), [0, 0, 0])
  assert.equal(draw(1, 0.7, 0).slice(2), [0, 0, 0], '8/16 + 4/16 are enough for 0.7')
  assert.ok((draw(2, 1, 0)[0] as number) < 0.45, 'hotter is flatter')
  assert.ok((draw(1, 1, 0, 2)[0] as number) < (all[0] as number), 'what was said is less likely')
  const flat = new Float32Array(5)
  const ends = { temperature: 1, topP: 0, topK: 0, repetitionPenalty: 1 }
  assert.is(sampleToken(flat, ends, [], random), 0, 'equal logits, no share: the first')
})

test('stop ends the text; max_tokens, the context and the paid units end it too', async () => {
  const warm = { temperature: '1', seed: 4 }
  const full = await generate('hello', warm)
  const stop = full.text.slice(5, 7)
  const stopped = await generate('hello', { ...warm, stop: ['never', stop] })
  assert.is(stopped.finish_reason, 'stop')
  assert.ok(full.text.startsWith(stopped.text) && stopped.text.length < full.text.length)
  assert.ok(stopped.text.length >= full.text.indexOf(stop), 'all that comes before it is there')
  assert.is(stopped.chunks.join(''), stopped.text)
  assert.is((await generate('hello', { max_tokens: 3 })).completionTokens, 3)
  const long = await generate('hello', { max_tokens: 4096 })
  assert.is(long.promptTokens + long.completionTokens, CONTEXT)
  const paid = await generate('hello', {}, 6)
  assert.is(paid.promptTokens + paid.completionTokens, 6)
})

test('a prompt that does not fit is the request’s fault', async () => {
  try {
    await generate('zzz '.repeat(40))
    assert.unreachable()
  } catch (error) {
    assert.instance(error, RunError)
    assert.is((error as RunError).code, 'CONTEXT_LENGTH')
  }
})

test('a cancel is seen after the token at hand', async () => {
  const { cancelled, finish_reason, completionTokens } = await generate('hello', {}, 1000, 2)
  assert.ok(cancelled)
  assert.is(finish_reason, 'cancelled')
  assert.ok(completionTokens < 6, `${completionTokens} tokens`)
})

test('the tokenizer joins the best pieces, falls back to bytes, and its pieces give the text', () => {
  const text = (ids: number[]) =>
    Buffer.concat(ids.slice(1).map((id, i) => tokenizer.piece(id, ids[i] as number))).toString()
  assert.equal(tokenizer.encode(''), [1])
  assert.is(tokenizer.encode('hello').length, 2, 'BOS and one joined piece')
  for (const one of ['hello world', 'é', 'naïve ✓ 你好', '\u0000\n', 'a  b']) {
    assert.is(text(tokenizer.encode(one)), one)
  }
})

test('a checkpoint that is cut short or senseless is refused', () => {
  const bytes = checkpoint()
  assert.throws(() => readLlamaCheckpoint(bytes.slice(0, bytes.length - 4)), /cut short/)
  assert.throws(() => readLlamaCheckpoint(new Uint8Array(28)), /not a llama2.c/)
  const engine = new LlamaEngine(readLlamaCheckpoint(bytes.slice()))
  assert.is(engine.forward(1, 0).length, VOCABULARY)
})

test.run()

// The reference Llama: one token at a time, float32 storage, one fixed order of every sum, and no
// operation but + - * / and the square root, which IEEE 754 fixes to the last bit: the same
// weights, tokens and seed give the same bytes on every machine. Engine class aitbc-llama-ref@1.

import { exactExp } from './exact-exp.ts'
import type { LlamaWeights } from './llama-checkpoint.ts'

const NORM_EPSILON = 1e-5

/**
 * out[i] = Σ_j w[offset + i·n + j] · x[j], each sum in order and in double precision. Eight rows at
 * a time hide the latency of an addition; they do not change any sum.
 */
function matmul(
  out: Float32Array,
  x: Float32Array,
  w: Float32Array,
  offset: number,
  n: number,
  rows: number,
): void {
  let i = 0
  for (; i + 7 < rows; i += 8) eightRows(out, x, w, offset + i * n, n, i)
  for (; i < rows; i++) {
    let at = offset + i * n
    let sum = 0
    for (let j = 0; j < n; j++) sum += (w[at++] as number) * (x[j] as number)
    out[i] = sum
  }
}

function eightRows(
  out: Float32Array,
  x: Float32Array,
  w: Float32Array,
  a: number,
  n: number,
  i: number,
): void {
  const b = a + n
  const c = b + n
  const d = c + n
  const e = d + n
  const f = e + n
  const g = f + n
  const h = g + n
  let sumA = 0
  let sumB = 0
  let sumC = 0
  let sumD = 0
  let sumE = 0
  let sumF = 0
  let sumG = 0
  let sumH = 0
  for (let j = 0; j < n; j++) {
    const xj = x[j] as number
    sumA += (w[a + j] as number) * xj
    sumB += (w[b + j] as number) * xj
    sumC += (w[c + j] as number) * xj
    sumD += (w[d + j] as number) * xj
    sumE += (w[e + j] as number) * xj
    sumF += (w[f + j] as number) * xj
    sumG += (w[g + j] as number) * xj
    sumH += (w[h + j] as number) * xj
  }
  out[i] = sumA
  out[i + 1] = sumB
  out[i + 2] = sumC
  out[i + 3] = sumD
  out[i + 4] = sumE
  out[i + 5] = sumF
  out[i + 6] = sumG
  out[i + 7] = sumH
}

function rmsNorm(out: Float32Array, x: Float32Array, weight: Float32Array, offset: number): void {
  let squares = 0
  for (let i = 0; i < x.length; i++) squares += (x[i] as number) * (x[i] as number)
  const scale = 1 / Math.sqrt(squares / x.length + NORM_EPSILON)
  for (let i = 0; i < x.length; i++) {
    out[i] = (weight[offset + i] as number) * (x[i] as number) * scale
  }
}

/** In place over x[0 … length). */
export function softmax(x: Float32Array, length: number): void {
  let max = Number.NEGATIVE_INFINITY
  for (let i = 0; i < length; i++) if ((x[i] as number) > max) max = x[i] as number
  let sum = 0
  for (let i = 0; i < length; i++) {
    const e = exactExp((x[i] as number) - max)
    x[i] = e
    sum += e
  }
  for (let i = 0; i < length; i++) x[i] = (x[i] as number) / sum
}

export class LlamaEngine {
  readonly weights: LlamaWeights
  private readonly keys: Float32Array
  private readonly values: Float32Array
  private readonly x: Float32Array
  private readonly normed: Float32Array
  private readonly mixed: Float32Array
  private readonly query: Float32Array
  private readonly gate: Float32Array
  private readonly up: Float32Array
  private readonly scores: Float32Array
  private readonly logits: Float32Array

  constructor(weights: LlamaWeights) {
    this.weights = weights
    const { dim, hiddenDim, layers, heads, kvHeads, vocabulary, context } = weights.config
    const kvDim = (dim / heads) * kvHeads
    this.keys = new Float32Array(layers * context * kvDim)
    this.values = new Float32Array(layers * context * kvDim)
    this.x = new Float32Array(dim)
    this.normed = new Float32Array(dim)
    this.mixed = new Float32Array(dim)
    this.query = new Float32Array(dim)
    this.gate = new Float32Array(hiddenDim)
    this.up = new Float32Array(hiddenDim)
    this.scores = new Float32Array(context)
    this.logits = new Float32Array(vocabulary)
  }

  /** Logits after `token` at `position`; the array is reused by the next call. */
  forward(token: number, position: number): Float32Array {
    const { config, embedding, finalNorm, classifier } = this.weights
    const { dim, layers, vocabulary } = config
    this.x.set(embedding.subarray(token * dim, (token + 1) * dim))
    for (let layer = 0; layer < layers; layer++) {
      this.attention(layer, position)
      this.feedForward(layer)
    }
    rmsNorm(this.normed, this.x, finalNorm, 0)
    matmul(this.logits, this.normed, classifier, 0, dim, vocabulary)
    return this.logits
  }

  private attention(layer: number, position: number): void {
    const { config, attentionNorm, wq, wk, wv, wo } = this.weights
    const { dim, heads, kvHeads, context } = config
    const headDim = dim / heads
    const kvDim = headDim * kvHeads
    const base = layer * context * kvDim
    const key = this.keys.subarray(base + position * kvDim, base + (position + 1) * kvDim)
    const value = this.values.subarray(base + position * kvDim, base + (position + 1) * kvDim)
    rmsNorm(this.normed, this.x, attentionNorm, layer * dim)
    matmul(this.query, this.normed, wq, layer * dim * dim, dim, dim)
    matmul(key, this.normed, wk, layer * kvDim * dim, dim, kvDim)
    matmul(value, this.normed, wv, layer * kvDim * dim, dim, kvDim)
    this.rotate(this.query, position, headDim)
    this.rotate(key, position, headDim)
    const sharing = heads / kvHeads
    for (let head = 0; head < heads; head++) {
      const kvOffset = base + Math.floor(head / sharing) * headDim
      this.attend(head * headDim, kvOffset, position, headDim, kvDim)
    }
    matmul(this.normed, this.mixed, wo, layer * dim * dim, dim, dim)
    for (let i = 0; i < dim; i++) this.x[i] = (this.x[i] as number) + (this.normed[i] as number)
  }

  /** One head: scores against all positions so far, then the weighted sum of their values. */
  private attend(at: number, kvOffset: number, position: number, headDim: number, kvDim: number) {
    const { query, keys, values, mixed } = this
    const scores = this.scores
    const scale = Math.sqrt(headDim)
    for (let t = 0; t <= position; t++) {
      const k = kvOffset + t * kvDim
      let sum = 0
      for (let i = 0; i < headDim; i++) sum += (query[at + i] as number) * (keys[k + i] as number)
      scores[t] = sum / scale
    }
    softmax(scores, position + 1)
    for (let i = 0; i < headDim; i++) {
      let sum = 0
      for (let t = 0; t <= position; t++) {
        sum += (scores[t] as number) * (values[kvOffset + t * kvDim + i] as number)
      }
      mixed[at + i] = sum
    }
  }

  /** Rotary position embedding, with the checkpoint's own tables. */
  private rotate(vector: Float32Array, position: number, headDim: number): void {
    const { ropeCos, ropeSin } = this.weights
    const half = headDim / 2
    for (let i = 0; i < vector.length; i += 2) {
      const at = position * half + (i % headDim) / 2
      const cos = ropeCos[at] as number
      const sin = ropeSin[at] as number
      const a = vector[i] as number
      const b = vector[i + 1] as number
      vector[i] = a * cos - b * sin
      vector[i + 1] = a * sin + b * cos
    }
  }

  private feedForward(layer: number): void {
    const { config, feedNorm, w1, w2, w3 } = this.weights
    const { dim, hiddenDim } = config
    rmsNorm(this.normed, this.x, feedNorm, layer * dim)
    matmul(this.gate, this.normed, w1, layer * hiddenDim * dim, dim, hiddenDim)
    matmul(this.up, this.normed, w3, layer * hiddenDim * dim, dim, hiddenDim)
    for (let i = 0; i < hiddenDim; i++) {
      const g = this.gate[i] as number
      this.gate[i] = (g / (1 + exactExp(-g))) * (this.up[i] as number)
    }
    matmul(this.normed, this.gate, w2, layer * dim * hiddenDim, hiddenDim, dim)
    for (let i = 0; i < dim; i++) this.x[i] = (this.x[i] as number) + (this.normed[i] as number)
  }
}

// Choosing the next token: repetition penalty, temperature, top-k, top-p, then one draw of a seeded
// generator. The same logits, settings and seed always choose the same token.

import type { Prng } from '../../lib/prng.ts'
import { softmax } from './llama-engine.ts'

export interface SamplerSettings {
  readonly temperature: number
  readonly topP: number
  /** 0 keeps all. */
  readonly topK: number
  readonly repetitionPenalty: number
}

function argmax(logits: Float32Array): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) {
    if ((logits[i] as number) > (logits[best] as number)) best = i
  }
  return best
}

/** Changes `logits`. `recent` are the tokens that the repetition penalty makes less likely. */
export function sampleToken(
  logits: Float32Array,
  settings: SamplerSettings,
  recent: readonly number[],
  random: Prng,
): number {
  const { temperature, topP, topK, repetitionPenalty } = settings
  if (repetitionPenalty !== 1) {
    for (const token of new Set(recent)) {
      const logit = logits[token] as number
      logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty
    }
  }
  if (temperature === 0) return argmax(logits)
  for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] as number) / temperature
  const likeliest = argmax(logits)
  softmax(logits, logits.length)
  const floor = (1 - topP) / (logits.length - 1)
  const kept: number[] = []
  for (let i = 0; i < logits.length; i++) if ((logits[i] as number) >= floor) kept.push(i)
  // Extreme settings leave nothing: no share at all (top_p 0), or infinite logits (penalty 0).
  if (kept.length === 0) return likeliest
  kept.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b)
  if (topK > 0) kept.length = Math.min(kept.length, topK)
  let mass = 0
  let count = 0
  while (count < kept.length && (mass < topP || count === 0)) {
    mass += logits[kept[count++] as number] as number
  }
  let draw = random.unit() * mass
  for (let i = 0; i < count; i++) {
    draw -= logits[kept[i] as number] as number
    if (draw < 0) return kept[i] as number
  }
  return kept[count - 1] as number
}

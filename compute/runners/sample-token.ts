// Choosing the next token: repetition penalty, temperature, top-k, top-p, then one draw of a seeded
// generator. The same logits, settings and seed always choose the same token.

import type { Prng } from '../../lib/prng.ts'
import { softmax } from './llama-engine.ts'

export interface SamplerSettings {
  /** 0 takes the likeliest token and draws nothing. */
  readonly temperature: number
  readonly topP: number
  /** 0 keeps all. */
  readonly topK: number
  /** Above 0; 1 changes nothing. */
  readonly repetitionPenalty: number
}

function argmax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i
  }
  return best
}

function penalise(logits: Float32Array, recent: readonly number[], penalty: number): void {
  if (penalty === 1) return
  for (const token of new Set(recent)) {
    const logit = logits[token] as number
    logits[token] = logit > 0 ? logit / penalty : logit * penalty
  }
}

/** The likeliest tokens, best first, equal ones by id: at most topK, and as many as topP needs. */
function likeliest(chances: Float32Array, topP: number, topK: number): number[] {
  // A token below this chance cannot be among those that make up topP.
  const floor = (1 - topP) / (chances.length - 1)
  const kept: number[] = []
  for (let i = 0; i < chances.length; i++) if ((chances[i] as number) >= floor) kept.push(i)
  if (kept.length === 0) kept.push(argmax(chances))
  kept.sort((a, b) => (chances[b] as number) - (chances[a] as number) || a - b)
  if (topK > 0 && kept.length > topK) kept.length = topK
  let mass = 0
  let count = 0
  while (count < kept.length && (mass < topP || count === 0)) {
    mass += chances[kept[count++] as number] as number
  }
  kept.length = count
  return kept
}

/** Changes `logits`. `recent` are the tokens that the repetition penalty makes less likely. */
export function sampleToken(
  logits: Float32Array,
  settings: SamplerSettings,
  recent: readonly number[],
  random: Prng,
): number {
  const { temperature, topP, topK, repetitionPenalty } = settings
  penalise(logits, recent, repetitionPenalty)
  if (temperature === 0) return argmax(logits)
  for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] as number) / temperature
  softmax(logits, logits.length)
  const all = topP >= 1 && topK === 0
  const kept = all ? [...logits.keys()] : likeliest(logits, topP, topK)
  let mass = 0
  for (const token of kept) mass += logits[token] as number
  let draw = random.unit() * mass
  for (const token of kept) {
    draw -= logits[token] as number
    if (draw < 0) return token
  }
  return kept.at(-1) as number
}

// A seeded random number generator (sfc32, Chris Doty-Humphrey's PractRand) that can be split by
// name: a draw added for one purpose does not shift the draws of another. Not for secrets.

export interface Prng {
  /** A uniform integer in [0, below), below at most 2^32. */
  below(below: number): number
  /** A uniform number in [0, 1). */
  unit(): number
  /** True with the given probability. */
  chance(probability: number): boolean
  /** An independent generator for one purpose. */
  split(purpose: string): Prng
}

function hash(text: string, seed: number): number {
  let h = seed ^ 0x9e3779b9
  for (let i = 0; i < text.length; i++)
    h = Math.imul(h ^ text.charCodeAt(i), 0x85ebca6b) ^ (h >>> 13)
  return (Math.imul(h ^ (h >>> 16), 0xc2b2ae35) ^ (h >>> 15)) >>> 0
}

export function prng(seed: string): Prng {
  let a = hash(seed, 1)
  let b = hash(seed, 2)
  let c = hash(seed, 3)
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  const unit = () => next() / 2 ** 32
  return {
    below: (below) => Math.floor(unit() * below),
    unit,
    chance: (probability) => unit() < probability,
    split: (purpose) => prng(`${seed}/${purpose}`),
  }
}

// Loads that nobody means harm with, in capacities of FAST.

import type { Shape } from './mode-chain.ts'

export const CONSTANT_LOADS = [0.05, 0.1, 0.2, 0.29, 0.31, 0.36, 0.45, 0.65, 0.72, 0.9, 1.1]

export function constant(load: number): Shape {
  return () => ({ load })
}

/** Up and down between two loads, `period` epochs from top to top. */
function ramp(low: number, high: number, period: number): Shape {
  return ({ epoch }) => {
    const at = (epoch % period) / period
    const rise = at < 0.5 ? 2 * at : 2 - 2 * at
    return { load: low + (high - low) * rise }
  }
}

/** Every epoch anywhere between two loads. */
function noise(low: number, high: number): Shape {
  return ({ chance }) => ({ load: low + (high - low) * chance.unit() })
}

/** Quiet, with bursts of 1 to `longest` epochs; a burst begins in one epoch of `rarity`. */
function bursts(quiet: number, burst: number, longest: number, rarity: number): Shape {
  let left = 0
  return ({ chance }) => {
    if (left > 0) left--
    else if (chance.below(rarity) === 0) left = 1 + chance.below(longest)
    return { load: left > 0 ? burst : quiet }
  }
}

/** A walk without aim between nothing and a little more than everything. */
function walk(): Shape {
  let load = 0.4
  return ({ chance }) => {
    load = Math.min(1.1, Math.max(0, load + (chance.unit() - 0.5) * 0.1))
    return { load }
  }
}

/** Fresh ones for each run, because some remember. */
export const HONEST_SHAPES: Readonly<Record<string, () => Shape>> = {
  'ramp 0–110 %, 1,000 epochs': () => ramp(0, 1.1, 1000),
  'ramp 0–110 %, 50 epochs': () => ramp(0, 1.1, 50),
  'ramp 10–60 %, 24 epochs': () => ramp(0.1, 0.6, 24),
  'noise 25–35 %': () => noise(0.25, 0.35),
  'noise 65–75 %': () => noise(0.65, 0.75),
  'noise 0–100 %': () => noise(0, 1),
  'bursts to 80 %, 1–2 epochs': () => bursts(0.15, 0.8, 2, 10),
  'bursts to 80 %, 1–20 epochs': () => bursts(0.15, 0.8, 20, 30),
  'random walk': () => walk(),
}

// A chain in a few numbers an epoch: what arrives, what is served, what waits, and the mode that a
// rule makes of it.

import { type Prng, prng } from '../../lib/prng.ts'
import type { ModeNumber } from '../../protocol/consensus/validator-set.ts'
import type { PolicyMemory } from '../../protocol/epoch/mode-policy.ts'
import type { Contestant } from './mode-contestants.ts'

/** Shares of one; load in capacities of FAST. */
export interface Weather {
  readonly load: number
  /** Of the load, what somebody pays for only to move the mode. */
  readonly bought?: number
  readonly uptime?: number
  readonly stake?: number
  /** False: too little stake signed the checkpoint in time. */
  readonly certified?: boolean
}

/** What an attacker sees when an epoch begins. */
export interface Outlook {
  readonly epoch: number
  readonly mode: ModeNumber
  readonly memory: PolicyMemory | undefined
  readonly chance: Prng
}

export type Shape = (outlook: Outlook) => Weather

export interface Trace {
  readonly modes: readonly ModeNumber[]
  readonly loads: readonly number[]
  /** Left waiting at the end, in epochs of FAST. */
  readonly backlog: number
  /** Bought in all, in epochs of FAST. */
  readonly bought: number
}

export const UPTIME_USUAL = 1
export const STAKE_USUAL = 0.7
/** Above the published rule's threshold, as where nearly everybody signs. */
export const STAKE_MUCH = 0.9

const basisPoints = (share: number) => Math.min(10_000, Math.floor(share * 10_000 + 1e-6))

export function runChain(
  contestant: Contestant,
  shape: Shape,
  epochs: number,
  seed: string,
  stakeUsual = STAKE_USUAL,
): Trace {
  const chance = prng(seed)
  const modes: ModeNumber[] = []
  const loads: number[] = []
  let backlog = 0
  let bought = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { mode, memory } = contestant
    const weather = shape({ epoch, mode, memory, chance })
    modes.push(mode)
    loads.push(weather.load)
    bought += weather.bought ?? 0
    const waiting = backlog + weather.load
    const served = Math.min(waiting, contestant.capacity())
    backlog = waiting - served
    const metrics = {
      utilization: basisPoints(served / contestant.reference()),
      authorityUptime: basisPoints(weather.uptime ?? UPTIME_USUAL),
      stakeRatio: basisPoints(weather.stake ?? stakeUsual),
    }
    contestant.endEpoch(metrics, weather.certified ?? true)
  }
  return { modes, loads, backlog, bought }
}

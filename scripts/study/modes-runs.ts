// The runs of the study of modes: every shape under every rule, from fixed seeds.

import { MODE_NAMES, type ModeNumber } from '../../protocol/consensus/validator-set.ts'
import { CONSTANT_LOADS, constant, HONEST_SHAPES } from './load-shapes.ts'
import { ADVERSARIES } from './mode-adversaries.ts'
import { runChain, type Shape, STAKE_USUAL, type Trace } from './mode-chain.ts'
import { CONTESTANT_NAMES, CONTESTANTS, type ContestantName } from './mode-contestants.ts'

export const STUDY_EPOCHS = 1200

export interface StudyRow {
  readonly name: string
  readonly traces: Readonly<Record<ContestantName, Trace>>
}

function row(name: string, shape: () => Shape, stake: number, start: ModeNumber = 0): StudyRow {
  const traces = CONTESTANT_NAMES.map((contestant) => {
    const chain = CONTESTANTS[contestant](start)
    return [contestant, runChain(chain, shape(), STUDY_EPOCHS, `modes/${name}`, stake)]
  })
  return { name, traces: Object.fromEntries(traces) as StudyRow['traces'] }
}

export function constantRows(stake: number): StudyRow[] {
  return CONSTANT_LOADS.map((load) => row(percent(load), () => constant(load), stake))
}

/** Constant loads from each mode at the start. */
export function startRows(): { readonly load: string; readonly rows: readonly StudyRow[] }[] {
  return [0.1, 0.2, 0.29, 0.31].map((load) => ({
    load: percent(load),
    rows: ([0, 1, 2] as const).map((start) =>
      row(MODE_NAMES[start], () => constant(load), STAKE_USUAL, start),
    ),
  }))
}

export function honestRows(stake: number): StudyRow[] {
  return Object.entries(HONEST_SHAPES).map(([name, shape]) => row(name, shape, stake))
}

export function adversaryRows(): StudyRow[] {
  return Object.entries(ADVERSARIES).map(([name, shape]) => row(name, () => shape, STAKE_USUAL))
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

// What `npm run bench -- consensus` is asked for. Throws an Error whose text says what is allowed.

import { parseArgs } from 'node:util'
import { MODES, type Mode } from '../../harness/chain-mode.ts'

export const LOADS = ['idle', 'half'] as const
export type Load = (typeof LOADS)[number]
export const PARTS = ['rows', 'cpu', 'restart'] as const
export type Part = (typeof PARTS)[number]

const SIZES = ['4', '7'] as const
const DELAYS_MS = ['0', '25', '60']
/** Of links in one process; the timeouts of FAST are made for less. */
const DELAY_MS_MAX = 500
const SAMPLES = 60
const QUICK_SAMPLES = 10
const SAMPLES_MAX = 10_000

export interface BenchOptions {
  readonly json: boolean
  readonly quick: boolean
  readonly parts: readonly Part[]
  readonly modes: readonly Mode[]
  readonly validators: readonly number[]
  readonly delaysMs: readonly number[]
  readonly loads: readonly Load[]
  /** Of an idle row. */
  readonly samples: number
}

function chosen<One extends string>(name: string, text: string, known: readonly One[]): One[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one.toLowerCase() === word.trim().toLowerCase())
    if (!found) throw new Error(`--${name} is a list of ${known.join(', ')}; "${word}" is not`)
    return found
  })
}

function numbers(name: string, text: string, max: number): number[] {
  return text.split(',').map((word) => {
    if (/^\d{1,9}$/.test(word.trim()) && Number(word) <= max) return Number(word)
    throw new Error(`--${name} is a list of whole numbers up to ${max}; "${word}" is not`)
  })
}

export function readOptions(args: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: flag,
      quick: flag,
      part: { ...text, default: 'rows' },
      modes: { ...text, default: MODES.join() },
      validators: text,
      delays: text,
      loads: text,
      samples: text,
    },
  })
  const { quick } = values
  const samples = values.samples ?? String(quick ? QUICK_SAMPLES : SAMPLES)
  return {
    json: values.json,
    quick,
    parts: values.part === 'all' ? PARTS : chosen('part', values.part, PARTS),
    modes: chosen('modes', values.modes, MODES),
    validators: chosen('validators', values.validators ?? (quick ? '4' : SIZES.join()), SIZES).map(
      Number,
    ),
    delaysMs: numbers('delays', values.delays ?? (quick ? '0' : DELAYS_MS.join()), DELAY_MS_MAX),
    loads: chosen('loads', values.loads ?? (quick ? 'idle' : LOADS.join()), LOADS),
    samples: numbers('samples', samples, SAMPLES_MAX)[0] as number,
  }
}

// Fills the tables of docs/spec/modes.md, whose prose is written by hand, and draws its pictures.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODE_NAMES, type ModeNumber } from '../../protocol/consensus/validator-set.ts'
import { BASE_FEE_INITIAL, BASE_FEE_MIN, WEI_PER_AITBC } from '../../protocol/params.ts'
import { attackPrice } from './attack-price.ts'
import { STAKE_MUCH, STAKE_USUAL, type Trace } from './mode-chain.ts'
import { CONTESTANT_NAMES, type ContestantName } from './mode-contestants.ts'
import { countModes } from './mode-counts.ts'
import { modePlot, type Panel } from './mode-plot.ts'
import {
  adversaryRows,
  constantRows,
  honestRows,
  STUDY_EPOCHS,
  type StudyRow,
  startRows,
} from './modes-runs.ts'

export interface StudyPage {
  readonly path: string
  readonly text: string
}

const PAGE = 'docs/spec/modes.md'

const TITLES: Readonly<Record<ContestantName, string>> = {
  own: 'published rule, load of the mode’s own capacity',
  fixed: 'published rule, load of a fixed capacity',
  equal: 'published rule, equal capacities',
  policy: 'policy',
}

const HEADINGS = ['own capacity', 'fixed capacity', 'equal capacities', 'policy']

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US')

/** "999 (998), F 50 S 50, 12 min": switches, returns, percent of the time, what waits. */
function cell(trace: Trace): string {
  const { switches, returns, epochsIn } = countModes(trace.modes)
  const shares = epochsIn.flatMap((epochs, mode) =>
    200 * epochs >= STUDY_EPOCHS
      ? [`${(MODE_NAMES[mode] as string)[0]} ${Math.round((100 * epochs) / STUDY_EPOCHS)}`]
      : [],
  )
  const waits = trace.backlog > 1 ? [`${whole(trace.backlog)} min`] : []
  const count = `${switches}${returns > 0 ? ` (${returns})` : ''}`
  return [count, shares.join(' '), ...waits].join(', ')
}

function rowsTable(first: string, rows: readonly StudyRow[]): string {
  return table(
    [first, ...HEADINGS],
    rows.map(({ name, traces }) => [name, ...CONTESTANT_NAMES.map((one) => cell(traces[one]))]),
  )
}

function startTable(): string {
  const rows = startRows().flatMap(({ load, rows }) =>
    rows.map(({ name, traces }) => [load, name, cell(traces.own), cell(traces.policy)]),
  )
  return table(['load', 'starts in', 'own capacity', 'policy'], rows)
}

function attackTable(rows: readonly StudyRow[]): string {
  return table(
    ['attack', 'switches', 'shortest stay', 'time outside FAST', 'bought of capacity'],
    rows.map(({ name, traces }) => {
      const { policy } = traces
      const { switches, shortestStay, epochsIn } = countModes(policy.modes)
      const outside = (100 * (STUDY_EPOCHS - epochsIn[0])) / STUDY_EPOCHS
      const bought = (100 * policy.bought) / STUDY_EPOCHS
      const stay = shortestStay === undefined ? '–' : `${shortestStay} epochs`
      return [name, `${switches}`, stay, `${whole(outside)} %`, `${bought.toFixed(1)} %`]
    }),
  )
}

/** Three digits, or a power of ten where nobody has that much. */
function coins(wei: bigint): string {
  const all = Number(wei) / Number(WEI_PER_AITBC)
  if (all >= 1e6) return `10^${Math.floor(Math.log10(all))}`
  return all >= 0.001 ? all.toFixed(3) : all.toExponential(1)
}

function priceTable(): string {
  const honest = 2000
  /** One epoch of three: as many as keep the others from agreeing. */
  const oneOfThree = (load: number, epochs: number) =>
    Array.from({ length: epochs }, (_, i) => (i % 3 === 0 ? load : honest))
  const cases: [string, ModeNumber, number[]][] = [
    ['FAST is left: 3 epochs at 41 %', 0, [4100, 4100, 4100]],
    [
      'BALANCED is not left for FAST, a day long: every third epoch at 30 %',
      1,
      oneOfThree(3000, 1440),
    ],
    ['BALANCED is left for SECURE: 3 epochs at 71 %', 1, [7100, 7100, 7100]],
    ['SECURE is not left, a day long: every third epoch at 60 %', 2, oneOfThree(6000, 1440)],
  ]
  const rows = cases.map(([name, mode, loads]) => {
    const prices = [BASE_FEE_MIN, BASE_FEE_INITIAL].map((fee) =>
      attackPrice(mode, loads, honest, fee),
    )
    return [name, ...prices.map(({ wei }) => coins(wei))]
  })
  return table(['what he wants', 'from the lowest base fee', 'from 1 gwei'], rows)
}

function panels(row: StudyRow): Panel[] {
  return CONTESTANT_NAMES.map((name) => ({ title: TITLES[name], trace: row.traces[name] }))
}

function filled(text: string, blocks: Readonly<Record<string, string>>): string {
  const seen = new Set<string>()
  const result = text.replace(
    /(<!-- study: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, open: string, name: string, close: string) => {
      seen.add(name)
      return `${open}\n${blocks[name]}\n\n${close}`
    },
  )
  const missing = Object.keys(blocks).filter((name) => !seen.has(name))
  if (missing.length > 0) throw new Error(`${PAGE} has no block for ${missing.join(', ')}`)
  return result
}

/** Everything that the study writes, as it should be now. */
export function modesPages(root: string): StudyPage[] {
  const [usual, much] = [constantRows(STAKE_USUAL), constantRows(STAKE_MUCH)]
  const [honest, honestMuch] = [honestRows(STAKE_USUAL), honestRows(STAKE_MUCH)]
  const attacks = adversaryRows()
  const text = filled(readFileSync(join(root, PAGE), 'utf8'), {
    constant: rowsTable('load', usual),
    constantMuchStake: rowsTable('load', much),
    starts: startTable(),
    honest: rowsTable('load', honest),
    honestMuchStake: rowsTable('load', honestMuch),
    attacks: rowsTable('attack', attacks),
    attackPolicy: attackTable(attacks),
    prices: priceTable(),
  })
  const drawing = (file: string, title: string, epochs: number, rows: StudyRow[], name: string) => {
    const row = rows.find((one) => one.name === name)
    if (!row) throw new Error(`no run is named ${name}`)
    return { path: `docs/spec/modes/${file}.svg`, text: modePlot(title, panels(row), epochs) }
  }
  return [
    { path: PAGE, text },
    drawing('constant-72', 'A constant load of 72 %', 120, usual, '72 %'),
    drawing('noise-25-35', 'A load anywhere between 25 and 35 %', 200, honest, 'noise 25–35 %'),
    drawing('ramp', 'A load that rises and falls', 1000, honest, 'ramp 0–110 %, 1,000 epochs'),
    drawing('push', 'An attacker’s load against the mode', 200, attacks, 'load against the mode'),
    drawing('random', 'Everything at random', 200, attacks, 'everything at random'),
  ]
}

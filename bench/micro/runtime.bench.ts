// The actor runtime against the raw cost of what it stands on: npm run bench -- runtime [--json].
// With --only=NAME one part. The compiled program is measured, as that is what runs.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../lib/package-root.ts'
import { PARTS, type Part } from './runtime/parts.ts'

const PART_MS_MAX = 300_000

type Figures = Record<string, unknown>

const program = join(packageRoot(), 'dist', 'bench', 'micro', 'runtime', 'run-part.js')

/** The figures, or why there are none. */
function run(part: Part): Promise<Figures> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--expose-gc', program, part.name], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PART_MS_MAX,
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (errors += data))
    child.on('close', (code, signal) => {
      const line = output.trimEnd().split('\n').at(-1) ?? ''
      const figures = code === 0 ? parsed(line) : undefined
      const why = errors.split('\n').find((one) => /^\w*Error\b|rror:/.test(one)) ?? errors.trim()
      resolve(figures ?? { error: why || `ended with ${signal ?? code} and without figures` })
    })
  })
}

function parsed(line: string): Figures | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Figures) : undefined
  } catch {
    return undefined
  }
}

/** Four digits, so that nobody reads more into a figure than is in it. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value
}

function figureText(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
}

function table(part: Part, figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => {
    const goal = part.goals[name]
    return `  ${name.padEnd(28)} ${figureText(value).padStart(14)}${goal ? `   ${goal}` : ''}`
  })
  return [part.title, ...rows, ''].join('\n')
}

const json = process.argv.includes('--json')
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length)
const chosen = PARTS.filter(({ name }) => only === undefined || name === only)
if (!existsSync(program)) {
  console.error('error: the benches are not built\nwhy:   dist/ has no bench in it')
  console.error('do:    npm run bench -- runtime')
  process.exit(1)
}
const all: Record<string, Figures> = {}
for (const part of chosen) {
  const figures = Object.fromEntries(
    Object.entries(await run(part)).map(([name, value]) => [name, rounded(value)]),
  )
  all[part.name] = figures
  if (figures.error !== undefined) process.exitCode = 1
  if (!json) console.log(table(part, figures))
}
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}`
const load = loadavg()[0]
if (json) console.log(JSON.stringify({ ...all, machine, load }))
else console.log(`${machine}, load ${load?.toFixed(2)}. Medians of interleaved rounds.`)

// Runs one test file (or one check) in a process of its own and says what it proved.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface TestRun {
  readonly name: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly limitMs: number
  /** A check passes by its exit status alone; a test file must print uvu's totals. */
  readonly check: boolean
}

export interface TestResult {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly ms: number
  /** Why it failed; empty when it did not. */
  readonly reason: string
  readonly output: string
}

/** Output kept of one file; what comes after is dropped, the totals are read as they pass. */
const OUTPUT_KEPT = 256 * 1024

interface Ended {
  readonly status: number | null
  readonly signal: string | null
  readonly timedOut: boolean
  readonly output: string
}

function run({ args, cwd, limitMs }: TestRun): Promise<Ended> {
  return new Promise((done) => {
    // A group of its own, so that whatever the file started ends with it.
    const child = spawn(process.execPath, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: undefined },
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      const text = chunk.toString()
      output = output.length < OUTPUT_KEPT ? output + text : output.slice(0, OUTPUT_KEPT) + text
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    let timedOut = false
    const endGroup = () => {
      try {
        process.kill(-(child.pid as number), 'SIGKILL')
      } catch {
        // Nothing of the group is left.
      }
    }
    const timer = setTimeout(() => {
      timedOut = true
      endGroup()
    }, limitMs)
    child.on('exit', () => setTimeout(endGroup, 50))
    child.on('error', (error) => {
      output += String(error)
    })
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      done({ status, signal, timedOut, output })
    })
  })
}

/** What the source itself shows to be wrong: a suite that is never run, or tests hidden by only. */
function sourceProblem(source: string): string | undefined {
  const only = /^\s*(\w+)\.only\(/m.exec(source)
  if (only) return `${only[1]}.only( hides the other tests of the file`
  const suites = [...source.matchAll(/\bconst (\w+) = suite\b/g)].map((match) => match[1] as string)
  if (/^\s*test\(/m.test(source) && !suites.includes('test')) suites.push('test')
  const forgotten = suites.find((name) => !new RegExp(`\\b${name}\\.run\\(\\)`).test(source))
  return forgotten ? `forgotten ${forgotten}.run()` : undefined
}

function lastCount(output: string, label: string): number | undefined {
  const found = [...output.matchAll(new RegExp(`^\\s+${label}:\\s+(\\d+)`, 'gm'))].at(-1)
  return found ? Number(found[1]) : undefined
}

function judge(run: TestRun, ended: Ended): Omit<TestResult, 'name' | 'ms' | 'output'> {
  const limit = `it did not end within ${run.limitMs / 1000} s and was stopped`
  const status = `it ended with ${ended.signal ?? `status ${ended.status}`}`
  if (run.check) {
    if (ended.timedOut) return { passed: 0, failed: 1, skipped: 0, reason: limit }
    if (ended.status !== 0) return { passed: 0, failed: 1, skipped: 0, reason: status }
    return { passed: 1, failed: 0, skipped: 0, reason: '' }
  }
  const total = lastCount(ended.output, 'Total')
  const passed = lastCount(ended.output, 'Passed') ?? 0
  const skipped = lastCount(ended.output, 'Skipped') ?? 0
  const failing = Math.max(0, (total ?? 0) - passed)
  const reasons = []
  if (ended.timedOut) reasons.push(limit)
  else if (ended.status !== 0) reasons.push(status)
  const problem = sourceProblem(readFileSync(join(run.cwd, run.name), 'utf8'))
  if (problem) reasons.push(problem)
  else if (total === undefined) reasons.push('it printed no totals: it ran no test, or died before')
  else if (total + skipped === 0) reasons.push('it ran no test')
  if (failing > 0) reasons.unshift(`${failing} of ${total} tests failed`)
  const failed = reasons.length === 0 ? 0 : Math.max(1, failing)
  return { passed, failed, skipped, reason: reasons.join('; ') }
}

/** Never rejects: whatever goes wrong is a failed result with its reason. */
export async function runFile(test: TestRun): Promise<TestResult> {
  const started = performance.now()
  const ended = await run(test)
  const ms = Math.round(performance.now() - started)
  return { name: test.name, ms, output: ended.output, ...judge(test, ended) }
}

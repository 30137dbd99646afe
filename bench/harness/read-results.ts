// npm run bench -- compare A.json B.json: what B has for every figure of A, as a ratio. And
// npm run bench -- gate FILE.json: its ratios to what ran beside it against bench/gates.json; the
// exit status is 1 when one is missed. Absolute figures of shared machines are no gate.
// npm run bench -- verify FILE.json: whether it says what its reporter signed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../lib/package-root.ts'
import type { BenchResult } from './bench-result.ts'
import { compareLines, type Gates, gateLines } from './result-ratios.ts'
import { reportFault, type SignedReport } from './signed-report.ts'

function read<T>(file: string | undefined): T {
  if (file === undefined) throw new Error('a result is missing: give the path of its JSON file')
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`)
  }
}

function readResult(file: string | undefined): BenchResult {
  const result = read<BenchResult | null>(file)
  if (typeof result?.scenario === 'string' && result.machine && Array.isArray(result.comparators)) {
    return result
  }
  throw new Error(`${file} is no result of a bench: give what --json printed`)
}

try {
  const [what, ...files] = process.argv.slice(2)
  if (what === 'compare') {
    const [a, b] = [readResult(files[0]), readResult(files[1])]
    console.log(compareLines(a, b).join('\n'))
  } else if (what === 'verify') {
    const report = read<SignedReport>(files[0])
    const fault = reportFault(report)
    const { id, signature } = report
    console.log(fault ? `does not hold: ${fault}` : `${id} holds, signed by ${signature.key}`)
    if (fault) process.exitCode = 1
  } else {
    const gates = read<Gates>(join(packageRoot(), 'bench', 'gates.json'))
    const { lines, ok } = gateLines(readResult(files[0]), gates)
    console.log(lines.join('\n'))
    if (!ok) process.exitCode = 1
  }
} catch (error) {
  console.error(`error: ${(error as Error).message}`)
  process.exitCode = 2
}

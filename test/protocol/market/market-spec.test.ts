// docs/spec/market.md says what the code does: its tables are made from the code. Run with
// WRITE_DOCS=1 to write them.
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as viem from 'viem'
import { JOB_TABLE, type JobEvent, type JobState } from '../../../protocol/market/job-table.ts'
import { MARKET_ABI_TEXT } from '../../../protocol/market/market-abi.ts'
import { MARKET_REFUSALS } from '../../../protocol/market/market-refusals.ts'

const page = new URL('../../../docs/spec/market.md', import.meta.url)
const solidity = new URL('../../../docs/spec/IMarket.sol', import.meta.url)

function jobTable(): string {
  const rows = (Object.keys(JOB_TABLE) as JobState[]).map((state) => {
    const { deadline, on } = JOB_TABLE[state]
    const steps = (Object.keys(on) as JobEvent[]).map((event) => {
      const to = on[event]
      return `${event} → ${to?.next}${to?.money === 'locked' ? '' : ` (${to?.money})`}`
    })
    return `| ${state} | ${deadline} | ${steps.join(' · ') || 'ended'} |`
  })
  return ['| state | ends by | on event → next (money) |', '|---|---|---|', ...rows].join('\n')
}

function refusals(): string {
  const rows = Object.entries(MARKET_REFUSALS).map(([code, text]) => `| \`${code}\` | ${text} |`)
  return ['| code | text |', '|---|---|', ...rows].join('\n')
}

function withTable(text: string, name: string, table: string): string {
  const pattern = new RegExp(`<!-- ${name} -->\n(\n\\|[^]*?\\|\n(?=\n|$))?`)
  return text.replace(pattern, () => `<!-- ${name} -->\n\n${table}\n`)
}

test('the page has the job table and the refusals of the code', () => {
  const text = readFileSync(page, 'utf8')
  const made = withTable(withTable(text, 'job-table', jobTable()), 'refusals', refusals())
  if (process.env.WRITE_DOCS === '1') writeFileSync(page, made)
  else assert.is(text, made)
})

test('IMarket.sol declares the functions and events of the ABI text', () => {
  const source = readFileSync(solidity, 'utf8')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
  const declared = [...source.matchAll(/(function|event) [^;]+/g)].map(([text]) =>
    text
      .replaceAll(' external', '')
      .replaceAll(' calldata', '')
      .replaceAll('( ', '(')
      .replaceAll(' )', ')'),
  )
  const sorted = (abi: viem.Abi) => abi.map((item) => JSON.stringify(item)).sort()
  const theirs = viem.parseAbi(declared as never) as viem.Abi
  assert.equal(sorted(theirs), sorted(viem.parseAbi(MARKET_ABI_TEXT)))
})

test.run()

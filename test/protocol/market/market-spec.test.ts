// docs/spec/market.md says what the code does: its tables are made from the code. Run with
// WRITE_DOCS=1 to write them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as viem from 'viem'
import { packageRoot } from '../../../lib/package-root.ts'
import { JOB_TABLE, type JobEvent, type JobState } from '../../../protocol/market/job-table.ts'
import { MARKET_ABI_TEXT } from '../../../protocol/market/market-abi.ts'
import { MARKET_REFUSALS } from '../../../protocol/market/market-refusals.ts'
import { markdownTable, refusalTable, SpecPage } from '../../kit/spec-page.ts'

const page = new SpecPage('market.md')
const solidity = join(packageRoot(), 'docs', 'spec', 'IMarket.sol')

function jobTable(): string {
  const rows = (Object.keys(JOB_TABLE) as JobState[]).map((state) => {
    const { deadline, on } = JOB_TABLE[state]
    const steps = (Object.keys(on) as JobEvent[]).map((event) => {
      const to = on[event]
      return `${event} → ${to?.next}${to?.money === 'locked' ? '' : ` (${to?.money})`}`
    })
    return [state, deadline, steps.join(' · ') || 'ended']
  })
  return markdownTable(['state', 'ends by', 'on event → next (money)'], rows)
}

test('the page has the job table and the refusals of the code', () => {
  page.checkTables({ 'job-table': jobTable(), refusals: refusalTable(MARKET_REFUSALS) })
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

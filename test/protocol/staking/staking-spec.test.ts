// docs/spec/staking.md and the interfaces say what the code does: tables are made from the code,
// declarations compared by selector. Run with WRITE_DOCS=1 to write the tables.
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as governanceAbi from '../../../protocol/governance/governance-abi.ts'
import { GOVERNANCE_REFUSALS } from '../../../protocol/governance/governance-refusals.ts'
import { PARAMETERS } from '../../../protocol/governance/parameters.ts'
import { WEI_PER_AITBC } from '../../../protocol/params.ts'
import * as stakingAbi from '../../../protocol/staking/staking-abi.ts'
import { STAKING_REFUSALS } from '../../../protocol/staking/staking-refusals.ts'
import { checkInterface } from '../solidity-text.ts'

const page = new URL('../../../docs/spec/staking.md', import.meta.url)

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function refusals(texts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(texts).map(([code, text]) => [`\`${code}\``, text])
  return table(['code', 'text'], rows)
}

/** Whole AITBC where wei would be hard to read. */
function amount(value: bigint, unit: string): string {
  const whole = unit === 'wei' && value >= WEI_PER_AITBC
  return whole ? `${value / WEI_PER_AITBC} AITBC` : value.toString()
}

function parameters(): string {
  const rows = Object.entries(PARAMETERS).map(([name, rule]) => {
    const { unit, about } = rule
    const numbers = [rule.initial, rule.min, rule.max].map((value) => amount(value, unit))
    return [`\`${name}\``, unit, ...numbers, about]
  })
  return table(['name', 'unit', 'at first', 'least', 'most', 'what'], rows)
}

function withTable(text: string, name: string, made: string): string {
  const pattern = new RegExp(`<!-- ${name} -->\n(\n\\|[^]*?\\|\n(?=\n|$))?`)
  return text.replace(pattern, () => `<!-- ${name} -->\n\n${made}\n`)
}

test('the page has the parameters and the refusals of the code', () => {
  const text = readFileSync(page, 'utf8')
  let made = withTable(text, 'parameters', parameters())
  made = withTable(made, 'staking-refusals', refusals(STAKING_REFUSALS))
  made = withTable(made, 'governance-refusals', refusals(GOVERNANCE_REFUSALS))
  if (process.env.WRITE_DOCS === '1') writeFileSync(page, made)
  else assert.is(text, made)
})

test('IStaking.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IStaking.sol', stakingAbi.STAKING_ABI_TEXT, stakingAbi)
})

test('IGovernance.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IGovernance.sol', governanceAbi.GOVERNANCE_ABI_TEXT, governanceAbi)
})

test.run()

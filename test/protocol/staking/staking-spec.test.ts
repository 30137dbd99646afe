// docs/spec/staking.md and the interfaces say what the code does: tables are made from the code,
// declarations compared by selector. Run with WRITE_DOCS=1 to write the tables.
import { test } from 'uvu'
import * as governanceAbi from '../../../protocol/governance/governance-abi.ts'
import { GOVERNANCE_REFUSALS } from '../../../protocol/governance/governance-refusals.ts'
import { PARAMETERS } from '../../../protocol/governance/parameters.ts'
import { WEI_PER_AITBC } from '../../../protocol/params.ts'
import * as stakingAbi from '../../../protocol/staking/staking-abi.ts'
import { STAKING_REFUSALS } from '../../../protocol/staking/staking-refusals.ts'
import { markdownTable, refusalTable, SpecPage } from '../../kit/spec-page.ts'
import { checkInterface } from '../solidity-text.ts'

const page = new SpecPage('staking.md')

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
  return markdownTable(['name', 'unit', 'at first', 'least', 'most', 'what'], rows)
}

test('the page has the parameters and the refusals of the code', () => {
  page.checkTables({
    parameters: parameters(),
    'staking-refusals': refusalTable(STAKING_REFUSALS),
    'governance-refusals': refusalTable(GOVERNANCE_REFUSALS),
  })
})

test('IStaking.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IStaking.sol', stakingAbi.STAKING_ABI_TEXT, stakingAbi)
})

test('IGovernance.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IGovernance.sol', governanceAbi.GOVERNANCE_ABI_TEXT, governanceAbi)
})

test.run()

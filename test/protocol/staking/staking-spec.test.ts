// docs/spec says what the code does: interfaces by selector.
import { test } from 'uvu'
import * as governanceAbi from '../../../protocol/governance/governance-abi.ts'
import * as stakingAbi from '../../../protocol/staking/staking-abi.ts'
import { checkInterface } from '../solidity-text.ts'

test('IStaking.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IStaking.sol', stakingAbi.STAKING_ABI_TEXT, stakingAbi)
})

test('IGovernance.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IGovernance.sol', governanceAbi.GOVERNANCE_ABI_TEXT, governanceAbi)
})

test.run()

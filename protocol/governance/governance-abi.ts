// The governance module's functions and events, once: as codecs for our own code, and as text for
// viem, ethers and cast. docs/spec/IGovernance.sol is the same in Solidity.

import { abiEvent } from '../abi/event.ts'
import { abiFunction } from '../abi/function.ts'

export const PROPOSE_PARAMETER = abiFunction('proposeParameter', ['string', 'uint256'], ['uint256'])
export const PROPOSE_ADMIT = abiFunction('proposeAdmit', ['address'], ['uint256'])
export const PROPOSE_REMOVE = abiFunction('proposeRemove', ['address'], ['uint256'])
export const PROPOSE_PIN = abiFunction('proposePin', ['uint8'], ['uint256'])
export const PROPOSE_UNPIN = abiFunction('proposeUnpin', [], ['uint256'])
export const PROPOSE_SPEND = abiFunction('proposeSpend', ['address', 'uint256'], ['uint256'])
export const VOTE = abiFunction('vote', ['uint256', 'bool'], [])
export const EXECUTE = abiFunction('execute', ['uint256'], [])
export const PROPOSAL_COUNT = abiFunction('proposalCount', [], ['uint256'])
export const PROPOSAL_OF = abiFunction(
  'proposalOf',
  ['uint256'],
  ['uint8', 'uint8', 'address', 'bytes32', 'uint256', 'uint64', 'uint64', 'uint64'],
)
export const TALLY_OF = abiFunction(
  'tallyOf',
  ['uint256'],
  ['uint256', 'uint256', 'uint256', 'uint64', 'uint64', 'uint64'],
)
export const VOTE_OF = abiFunction('voteOf', ['uint256', 'address'], ['uint8'])
export const PARAMETER = abiFunction('parameter', ['string'], ['uint256'])
export const ADMITTED = abiFunction('admitted', ['address'], ['bool'])
export const PINNED_MODE = abiFunction('pinnedMode', [], ['bool', 'uint8'])

export const PROPOSED = abiEvent(
  'Proposed',
  ['uint256', 'address'],
  ['uint8', 'bytes32', 'uint256', 'uint64'],
)
export const VOTED = abiEvent('Voted', ['uint256', 'address'], ['bool', 'uint256', 'bool'])
export const EXECUTED = abiEvent('Executed', ['uint256'], ['uint8', 'bytes32', 'uint256'])

/** Human-readable ABI: `parseAbi(GOVERNANCE_ABI_TEXT)` in viem, `new Interface(…)` in ethers. */
export const GOVERNANCE_ABI_TEXT = [
  'function proposeParameter(string name, uint256 value) returns (uint256 id)',
  'function proposeAdmit(address operator) returns (uint256 id)',
  'function proposeRemove(address operator) returns (uint256 id)',
  'function proposePin(uint8 mode) returns (uint256 id)',
  'function proposeUnpin() returns (uint256 id)',
  'function proposeSpend(address to, uint256 amount) returns (uint256 id)',
  'function vote(uint256 id, bool support)',
  'function execute(uint256 id)',
  'function proposalCount() view returns (uint256)',
  'function proposalOf(uint256 id) view returns (uint8 state, uint8 kind, address proposer, bytes32 subject, uint256 value, uint64 epoch, uint64 votingEnds, uint64 executionEnds)',
  'function tallyOf(uint256 id) view returns (uint256 stakeFor, uint256 stakeAgainst, uint256 stakeTotal, uint64 authoritiesFor, uint64 authoritiesAgainst, uint64 authoritiesTotal)',
  'function voteOf(uint256 id, address operator) view returns (uint8)',
  'function parameter(string name) view returns (uint256)',
  'function admitted(address operator) view returns (bool)',
  'function pinnedMode() view returns (bool pinned, uint8 mode)',
  'event Proposed(uint256 indexed id, address indexed proposer, uint8 kind, bytes32 subject, uint256 value, uint64 votingEnds)',
  'event Voted(uint256 indexed id, address indexed operator, bool support, uint256 stake, bool authority)',
  'event Executed(uint256 indexed id, uint8 kind, bytes32 subject, uint256 value)',
] as const

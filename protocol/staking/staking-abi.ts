// The staking module's functions and events, once: as codecs for our own code, and as text for
// viem, ethers and cast. docs/spec/IStaking.sol is the same in Solidity.

import { abiEvent } from '../abi/event.ts'
import { abiFunction } from '../abi/function.ts'

export const REGISTER = abiFunction(
  'register',
  ['bytes', 'bytes', 'bytes', 'bytes32', 'uint64'],
  [],
)
export const ROTATE_VRF_KEY = abiFunction('rotateVrfKey', ['bytes32'], [])
export const BOND = abiFunction('bond', [], [])
export const DELEGATE = abiFunction('delegate', ['address'], [])
export const UNBOND = abiFunction('unbond', ['address', 'uint256'], [])
export const WITHDRAW = abiFunction('withdraw', [], [])
export const CLAIM_REWARDS = abiFunction('claimRewards', ['address'], [])
export const UNJAIL = abiFunction('unjail', [], [])
export const SUBMIT_EVIDENCE = abiFunction('submitEvidence', ['bytes'], [])
export const VALIDATOR_OF = abiFunction(
  'validatorOf',
  ['address'],
  ['uint8', 'bytes', 'bytes32', 'uint64', 'uint256', 'uint256', 'uint64', 'uint256', 'bool'],
)
export const DELEGATION_OF = abiFunction(
  'delegationOf',
  ['address', 'address'],
  ['uint256', 'uint256', 'uint256'],
)
export const CLAIMS_OF = abiFunction('claimsOf', ['address'], ['uint256', 'uint256'])
export const CLAIM_OF = abiFunction(
  'claimOf',
  ['address', 'uint256'],
  ['address', 'uint256', 'uint256', 'uint64'],
)
export const AUTHORITY = abiFunction('authority', ['address'], ['bool'])
export const OPERATOR_OF_KEY = abiFunction('operatorOfKey', ['bytes'], ['address'])
export const WEIGHT_OF = abiFunction('weightOf', ['address', 'uint64'], ['uint256', 'bool'])
export const TOTAL_BONDED = abiFunction('totalBonded', [], ['uint256'])
export const VALIDATOR_COUNT = abiFunction('validatorCount', [], ['uint256'])
export const VALIDATOR_AT = abiFunction('validatorAt', ['uint256'], ['address'])

export const REGISTERED = abiEvent('Registered', ['address'], ['bytes', 'bytes32', 'uint64'])
export const VRF_KEY_ROTATED = abiEvent('VrfKeyRotated', ['address'], ['bytes32'])
export const BONDED = abiEvent('Bonded', ['address', 'address'], ['uint256', 'uint256'])
export const UNBONDED = abiEvent('Unbonded', ['address', 'address'], ['uint256', 'uint64'])
export const WITHDRAWN = abiEvent('Withdrawn', ['address'], ['uint256', 'uint256'])
export const REWARDS_CLAIMED = abiEvent('RewardsClaimed', ['address', 'address'], ['uint256'])
export const SLASHED = abiEvent('Slashed', ['address'], ['uint64', 'uint256', 'uint256'])
export const EVIDENCE_ACCEPTED = abiEvent(
  'EvidenceAccepted',
  ['address', 'address'],
  ['uint8', 'uint64', 'uint256'],
)
export const JAILED = abiEvent('Jailed', ['address'], ['uint64'])
export const UNJAILED = abiEvent('Unjailed', ['address'], [])
export const TOMBSTONED = abiEvent('Tombstoned', ['address'], [])

/** Human-readable ABI: `parseAbi(STAKING_ABI_TEXT)` in viem, `new Interface(…)` in ethers. */
export const STAKING_ABI_TEXT = [
  'function register(bytes blsPublicKey, bytes possession, bytes authorization, bytes32 vrfPublicKey, uint64 commission) payable',
  'function rotateVrfKey(bytes32 vrfPublicKey)',
  'function bond() payable',
  'function delegate(address validator) payable',
  'function unbond(address validator, uint256 amount)',
  'function withdraw()',
  'function claimRewards(address validator)',
  'function unjail()',
  'function submitEvidence(bytes evidence)',
  'function validatorOf(address operator) view returns (uint8 status, bytes blsPublicKey, bytes32 vrfPublicKey, uint64 commission, uint256 bonded, uint256 shares, uint64 jailedUntil, uint256 commissionOwed, bool admitted)',
  'function delegationOf(address validator, address delegator) view returns (uint256 bonded, uint256 shares, uint256 rewards)',
  'function claimsOf(address owner) view returns (uint256 count, uint256 total)',
  'function claimOf(address owner, uint256 index) view returns (address validator, uint256 amount, uint256 worth, uint64 maturesAt)',
  'function authority(address operator) view returns (bool)',
  'function operatorOfKey(bytes blsPublicKey) view returns (address)',
  'function weightOf(address operator, uint64 epoch) view returns (uint256 stake, bool authority)',
  'function totalBonded() view returns (uint256)',
  'function validatorCount() view returns (uint256)',
  'function validatorAt(uint256 index) view returns (address)',
  'event Registered(address indexed validator, bytes blsPublicKey, bytes32 vrfPublicKey, uint64 commission)',
  'event VrfKeyRotated(address indexed validator, bytes32 vrfPublicKey)',
  'event Bonded(address indexed validator, address indexed delegator, uint256 amount, uint256 shares)',
  'event Unbonded(address indexed validator, address indexed delegator, uint256 amount, uint64 maturesAt)',
  'event Withdrawn(address indexed owner, uint256 paid, uint256 slashed)',
  'event RewardsClaimed(address indexed validator, address indexed owner, uint256 amount)',
  'event Slashed(address indexed validator, uint64 epoch, uint256 amount, uint256 basisPoints)',
  'event EvidenceAccepted(address indexed validator, address indexed reporter, uint8 rule, uint64 epoch, uint256 reward)',
  'event Jailed(address indexed validator, uint64 until)',
  'event Unjailed(address indexed validator)',
  'event Tombstoned(address indexed validator)',
] as const

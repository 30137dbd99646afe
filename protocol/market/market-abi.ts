// The market's functions and events, once: as codecs for our own code, and as text for viem, ethers
// and cast. docs/spec/IMarket.sol is the same in Solidity.

import { abiEvent } from '../abi/event.ts'
import { abiFunction } from '../abi/function.ts'

export const DEPOSIT = abiFunction('deposit', [], [])
export const WITHDRAW = abiFunction('withdraw', ['uint256'], [])
export const DEPOSIT_OF = abiFunction('depositOf', ['address'], ['uint256'])
export const AUTHORIZE = abiFunction('authorize', ['address', 'uint256'], [])
export const ALLOWANCE_OF = abiFunction('allowanceOf', ['address', 'address'], ['uint256'])
export const OPEN_ESCROW = abiFunction(
  'openEscrow',
  ['bytes32', 'address', 'bytes32', 'bytes32', 'uint256', 'uint64'],
  [],
)
export const OPEN_ESCROW_FOR = abiFunction(
  'openEscrowFor',
  ['address', 'bytes32', 'bytes32', 'bytes32', 'uint256', 'uint64'],
  [],
)
export const ASSIGN = abiFunction('assign', ['bytes32', 'address', 'uint256', 'uint64'], [])
export const SETTLE = abiFunction(
  'settle',
  ['bytes32', 'bytes32', 'bytes32', 'uint64', 'uint256', 'bytes'],
  [],
)
export const FAIL = abiFunction('fail', ['bytes32', 'uint8'], [])
export const CANCEL = abiFunction('cancel', ['bytes32'], [])
export const REFUND = abiFunction('refund', ['bytes32'], [])
export const ESCROW_OF = abiFunction(
  'escrowOf',
  ['bytes32'],
  [
    'address',
    'address',
    'address',
    'bytes32',
    'bytes32',
    'uint256',
    'uint256',
    'uint64',
    'uint64',
    'uint8',
    'uint8',
    'bytes32',
    'uint256',
    'uint256',
  ],
)

export const DEPOSITED = abiEvent('Deposited', ['address'], ['uint256'])
export const WITHDRAWN = abiEvent('Withdrawn', ['address'], ['uint256'])
export const AUTHORIZED = abiEvent('Authorized', ['address', 'address'], ['uint256'])
export const ESCROW_OPENED = abiEvent(
  'EscrowOpened',
  ['bytes32', 'address', 'address'],
  ['bytes32', 'bytes32', 'uint256', 'uint64'],
)
export const ASSIGNED = abiEvent('Assigned', ['bytes32', 'address'], ['uint256', 'uint64', 'uint8'])
export const SETTLED = abiEvent(
  'Settled',
  ['bytes32', 'address', 'address'],
  ['uint256', 'uint256', 'bytes32', 'bytes32'],
)
export const REFUNDED = abiEvent('Refunded', ['bytes32', 'address'], ['uint256', 'uint8'])

/** `why` of Refunded. */
export const WHY_CANCELLED = 1n
export const WHY_FAILED = 2n
export const WHY_EXPIRED = 3n

/** Human-readable ABI: `parseAbi(MARKET_ABI_TEXT)` in viem, `new Interface(…)` in ethers. */
export const MARKET_ABI_TEXT = [
  'function deposit() payable',
  'function withdraw(uint256 amount)',
  'function depositOf(address owner) view returns (uint256)',
  'function authorize(address operator, uint256 allowance)',
  'function allowanceOf(address owner, address operator) view returns (uint256)',
  'function openEscrow(bytes32 jobId, address coordinator, bytes32 requestHash, bytes32 modelRoot, uint256 priceCap, uint64 deadline) payable',
  'function openEscrowFor(address consumer, bytes32 jobId, bytes32 requestHash, bytes32 modelRoot, uint256 priceCap, uint64 deadline)',
  'function assign(bytes32 jobId, address provider, uint256 price, uint64 leaseUntil)',
  'function settle(bytes32 jobId, bytes32 receiptHash, bytes32 outputHash, uint64 units, uint256 amount, bytes signature)',
  'function fail(bytes32 jobId, uint8 reason)',
  'function cancel(bytes32 jobId)',
  'function refund(bytes32 jobId)',
  'function escrowOf(bytes32 jobId) view returns (address consumer, address coordinator, address provider, bytes32 requestHash, bytes32 modelRoot, uint256 priceCap, uint256 price, uint64 deadline, uint64 leaseUntil, uint8 state, uint8 attempts, bytes32 receiptHash, uint256 paid, uint256 refunded)',
  'event Deposited(address indexed owner, uint256 amount)',
  'event Withdrawn(address indexed owner, uint256 amount)',
  'event Authorized(address indexed owner, address indexed operator, uint256 allowance)',
  'event EscrowOpened(bytes32 indexed jobId, address indexed consumer, address indexed coordinator, bytes32 requestHash, bytes32 modelRoot, uint256 priceCap, uint64 deadline)',
  'event Assigned(bytes32 indexed jobId, address indexed provider, uint256 price, uint64 leaseUntil, uint8 attempt)',
  'event Settled(bytes32 indexed jobId, address indexed provider, address indexed consumer, uint256 amount, uint256 refunded, bytes32 receiptHash, bytes32 outputHash)',
  'event Refunded(bytes32 indexed jobId, address indexed consumer, uint256 amount, uint8 why)',
] as const

// The rollup module's functions and events, once: as codecs for our own code, and as text for viem,
// ethers and cast. docs/spec/IRollup.sol is the same in Solidity.

import { abiEvent } from '../abi/event.ts'
import { abiFunction } from '../abi/function.ts'

export const REGISTER_ACCOUNT = abiFunction('register', ['bytes', 'bytes', 'bytes32'], ['uint64'])
export const REGISTER_WITH_LOCKS = abiFunction(
  'registerWithLocks',
  ['bytes', 'bytes', 'bytes32', 'uint64'],
  ['uint64', 'uint64'],
)
export const DEPOSIT_TO = abiFunction('deposit', ['uint64'], [])
export const FORCE_TRANSFER = abiFunction('forceTransfer', ['uint64', 'uint64', 'uint64'], [])
export const CLAIM_EXIT = abiFunction(
  'claimExit',
  ['uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'bytes'],
  [],
)
export const FREEZE = abiFunction('freeze', ['uint64'], [])
export const EXIT_FROZEN = abiFunction('exitFrozen', ['uint64', 'bytes32', 'bytes'], [])
export const SETTLE_FROZEN = abiFunction(
  'settleFrozen',
  ['uint64', 'uint64', 'bytes32', 'bytes32', 'bytes'],
  [],
)
export const REFUND_MESSAGE = abiFunction('refundMessage', ['uint64', 'uint64'], [])
export const REFUND_PARCEL = abiFunction(
  'refundParcel',
  ['uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'uint64', 'bytes'],
  [],
)
export const CHALLENGE = abiFunction('challenge', ['bytes'], ['bool'])
export const ACCOUNT_COUNT = abiFunction('accountCount', [], ['uint64'])
export const ACCOUNT_OF = abiFunction('accountOf', ['uint64'], ['address', 'bytes', 'bytes32'])
export const LOCK_OWNER = abiFunction('lockOwner', ['uint64'], ['bool', 'uint64'])
export const OWNED_COUNT = abiFunction('ownedCount', ['address'], ['uint64'])
export const OWNED_AT = abiFunction('ownedAt', ['address', 'uint64'], ['uint64'])
export const SHARD_COUNT = abiFunction('shardCount', [], ['uint64'])
export const SHARD_CHANGE = abiFunction(
  'shardChange',
  [],
  ['uint64', 'uint64', 'uint64', 'string', 'uint64'],
)
export const SHARD_OF = abiFunction(
  'shardOf',
  ['uint64'],
  ['uint64', 'bytes32', 'uint64', 'uint64', 'uint64', 'bytes32', 'address', 'uint64', 'bool'],
)
export const INBOX_OF = abiFunction('inboxOf', ['uint64'], ['uint64', 'uint64', 'uint64'])
export const MESSAGE_AT = abiFunction(
  'messageAt',
  ['uint64', 'uint64'],
  ['bool', 'uint8', 'uint64', 'uint64', 'uint64', 'uint64'],
)
export const EXITS_OF = abiFunction('exitsOf', ['uint64', 'uint64'], ['bytes32', 'uint64', 'bool'])
export const IS_EXIT_PAID = abiFunction('isExitPaid', ['uint64', 'uint64', 'uint64'], ['bool'])
export const HAS_LEFT = abiFunction('hasLeft', ['uint64'], ['bool'])
export const OWED = abiFunction('owed', [], ['uint64', 'uint64', 'uint64', 'uint64'])

export const REGISTERED = abiEvent(
  'AccountRegistered',
  ['uint64', 'address'],
  ['bytes', 'bytes32', 'uint64'],
)
export const MESSAGE = abiEvent(
  'InboxMessage',
  ['uint64', 'uint64'],
  ['uint8', 'uint64', 'uint64', 'uint64'],
)
export const EXIT_PAID = abiEvent(
  'ExitPaid',
  ['uint64', 'uint64', 'uint64'],
  ['uint64', 'address', 'uint64'],
)
export const FROZEN = abiEvent('ShardFrozen', ['uint64'], ['uint64', 'bytes32', 'uint64'])
export const LEFT = abiEvent('LeftFrozen', ['uint64', 'address'], ['uint64'])
export const LOCK_SETTLED = abiEvent(
  'LockSettled',
  ['uint64', 'uint64'],
  ['uint64', 'uint64', 'uint64', 'bytes32'],
)
export const MESSAGE_REFUNDED = abiEvent(
  'MessageRefunded',
  ['uint64', 'uint64', 'address'],
  ['uint64'],
)

export const PARCEL_REFUNDED = abiEvent(
  'ParcelRefunded',
  ['uint64', 'uint64', 'uint64'],
  ['uint64', 'address', 'uint64'],
)
export const CHALLENGED = abiEvent(
  'ClaimChallenged',
  ['uint64', 'uint64', 'address'],
  ['bool', 'string', 'address'],
)

/** Human-readable ABI: `parseAbi(ROLLUP_ABI_TEXT)` in viem, `new Interface(…)` in ethers. */
export const ROLLUP_ABI_TEXT = [
  'function register(bytes blsKey, bytes possession, bytes32 spendKey) payable returns (uint64 index)',
  'function registerWithLocks(bytes blsKey, bytes possession, bytes32 spendKey, uint64 wanted) payable returns (uint64 index, uint64 locks)',
  'function deposit(uint64 index) payable',
  'function forceTransfer(uint64 from, uint64 to, uint64 amount)',
  'function claimExit(uint64 shard, uint64 number, uint64 position, uint64 from, uint64 amount, uint64 entry, uint64 total, bytes proof)',
  'function freeze(uint64 shard)',
  'function exitFrozen(uint64 index, bytes32 record, bytes proof)',
  'function settleFrozen(uint64 lock, uint64 amount, bytes32 hash, bytes32 record, bytes proof)',
  'function refundMessage(uint64 shard, uint64 message)',
  'function refundParcel(uint64 source, uint64 number, uint64 position, uint64 from, uint64 to, uint64 amount, uint64 entry, uint64 total, bytes proof)',
  'function challenge(bytes proof) payable returns (bool proved)',
  'function accountCount() view returns (uint64)',
  'function accountOf(uint64 index) view returns (address owner, bytes blsKey, bytes32 spendKey)',
  'function lockOwner(uint64 index) view returns (bool known, uint64 account)',
  'function ownedCount(address owner) view returns (uint64)',
  'function ownedAt(address owner, uint64 nth) view returns (uint64 index)',
  'function shardCount() view returns (uint64)',
  'function shardChange() view returns (uint64 shards, uint64 epoch, uint64 putOff, string why, uint64 shard)',
  'function shardOf(uint64 shard) view returns (uint64 number, bytes32 hash, uint64 entries, uint64 supply, uint64 rootNumber, bytes32 root, address sequencer, uint64 timestampMs, bool frozen)',
  'function inboxOf(uint64 shard) view returns (uint64 kept, uint64 consumed, uint64 count)',
  'function messageAt(uint64 shard, uint64 message) view returns (bool known, uint8 kind, uint64 from, uint64 to, uint64 amount, uint64 height)',
  'function exitsOf(uint64 shard, uint64 number) view returns (bytes32 root, uint64 unpaid, bool paysNow)',
  'function isExitPaid(uint64 shard, uint64 number, uint64 position) view returns (bool)',
  'function hasLeft(uint64 index) view returns (bool)',
  'function owed() view returns (uint64 supply, uint64 inbox, uint64 exits, uint64 parcels)',
  'event AccountRegistered(uint64 indexed index, address indexed owner, bytes blsKey, bytes32 spendKey, uint64 amount)',
  'event InboxMessage(uint64 indexed shard, uint64 indexed message, uint8 kind, uint64 from, uint64 to, uint64 amount)',
  'event ExitPaid(uint64 indexed shard, uint64 indexed number, uint64 indexed position, uint64 from, address owner, uint64 amount)',
  'event ShardFrozen(uint64 indexed shard, uint64 number, bytes32 root, uint64 supply)',
  'event LeftFrozen(uint64 indexed index, address indexed owner, uint64 amount)',
  'event LockSettled(uint64 indexed lock, uint64 indexed payee, uint64 use, uint64 paid, uint64 rest, bytes32 hash)',
  'event MessageRefunded(uint64 indexed shard, uint64 indexed message, address indexed owner, uint64 amount)',
  'event ParcelRefunded(uint64 indexed source, uint64 indexed number, uint64 indexed position, uint64 to, address owner, uint64 amount)',
  'event ClaimChallenged(uint64 indexed shard, uint64 indexed number, address indexed challenger, bool proved, string what, address sequencer)',
] as const

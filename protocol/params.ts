// Constants of the chain: every node must agree on them, so they change only with the protocol.

import type { Hex } from '../lib/hex.ts'

export const CHAIN_ID_DEFAULT = 1337n
export const WEI_PER_AITBC = 10n ** 18n

/** Fixed addresses of the chain's own modules. The first holds the state of consensus itself. */
export const EPOCH_ADDRESS: Hex = '0x000000000000000000000000000000000000a100'
export const STAKING_ADDRESS: Hex = '0x000000000000000000000000000000000000a102'
export const GOVERNANCE_ADDRESS: Hex = '0x000000000000000000000000000000000000a103'
export const MARKET_ADDRESS: Hex = '0x000000000000000000000000000000000000a101'
/** What governance spends: its share of base fees and of slashed bonds. */
export const TREASURY_ADDRESS: Hex = '0x000000000000000000000000000000000000a1ff'

/** Gas (EIP-1559, EIP-2028, EIP-2930, EIP-3860, EIP-7623 apply as on Ethereum Prague). */
export const BLOCK_GAS_LIMIT = 100_000_000
/** By mode: the same gas a second in each, so that a switch does not change how full blocks are. */
export const BLOCK_GAS_LIMITS = [
  BLOCK_GAS_LIMIT,
  5 * BLOCK_GAS_LIMIT,
  20 * BLOCK_GAS_LIMIT,
] as const
/** What a utilization of one means. */
export const GAS_PER_MS = BigInt(BLOCK_GAS_LIMIT / 100)
/** Transactions of a block, encoded, and their number: what a message between actors carries. */
export const BLOCK_BYTES_MAX = 4 * 1024 * 1024
export const BLOCK_TRANSACTIONS_MAX = 32_768
export const GAS_TARGET_DIVISOR = 2
export const BASE_FEE_CHANGE_DENOMINATOR = 8n
export const BASE_FEE_INITIAL = 1_000_000_000n
export const BASE_FEE_MIN = 7n

/** Consensus times in milliseconds by mode: FAST, BALANCED, SECURE. */
export const BLOCK_TIMES_MS = [100, 500, 2000] as const
export const DELTAS_MS = [150, 300, 700] as const
/** An epoch ends after so many blocks, or at the first block so long after it began. */
export const EPOCH_BLOCKS = [600, 120, 30] as const
export const EPOCH_MS = 60_000
export const AUTHORITIES_MAX = 21
/** How long a checkpoint may be trusted: less than bonds stay slashable. */
export const WEAK_SUBJECTIVITY_MS = 14 * 24 * 3_600_000
export const DELTA_MAX_MS = 5000
export const EMPTY_BLOCK_INTERVAL_MS = 2000
export const CLOCK_AHEAD_MAX_MS = 500
/** Leaders propose empty blocks beyond this many blocks that are not final. */
export const UNFINAL_DEPTH_MAX = 8
export const FUTURE_VIEWS_BUFFERED = 64
/** Messages of the next epoch that are kept until it begins here too. */
export const EARLY_MESSAGES_MAX = 1024
/** Final views whose votes still count as presence when they come late. */
export const LATE_VIEWS_KEPT = 16
export const EVIDENCE_KEPT_MAX = 256

/** The market module. */
export const MARKET_ASSIGNMENTS_MAX = 2
export const MARKET_ESCROW_SECONDS_MAX = 7 * 86_400

/** What is burned lies here: nobody has its key and no rule moves it, so wei stay countable. */
export const BURN_ADDRESS: Hex = '0x000000000000000000000000000000000000a1fe'

/** The staking module. */
export const UNBONDING_SECONDS = 21 * 86_400
export const EVIDENCE_SECONDS_MAX = UNBONDING_SECONDS
export const EVIDENCE_BYTES_MAX = 512
/** Joining, leaving, bonding and unbonding in an epoch act this many epochs later. */
export const SET_DELAY_EPOCHS = 2
/** Validators that can be in a set at all: each epoch looks at every one of them. */
export const CANDIDATES_MAX = 512
/** Unbonding claims of one account at a time. */
export const CLAIMS_MAX = 16
/** Offences of the lesser kind before a validator is out for ever. */
export const LESSER_OFFENCES_MAX = 16
/** Records of epochs older than this are dropped, a few with each new one. */
export const EPOCH_RECORD_SECONDS = EVIDENCE_SECONDS_MAX + 86_400
export const EPOCH_RECORDS_DROPPED = 2
export const BASIS_POINTS = 10_000n

/** The rollup: docs/spec/rollup.md. Its module, and the unit of its amounts in wei. */
export const ROLLUP_ADDRESS: Hex = '0x000000000000000000000000000000000000a104'
export const ROLLUP_UNIT_WEI = 10n ** 9n
/** A receiver that means: withdraw to the owner's address on the base chain. */
export const EXIT_INDEX = 0xffff_ffff
/** The sender in the trace of a credit, which has none. */
export const CREDIT_INDEX = 0xffff_fffe
/** Consecutive indices whose keys are summed together: a power of two. */
export const COHORT_SIZE = 4096
export const COHORT_BITS = 12
/** Indices lie below this: 4,096 cohorts. */
export const ROLLUP_ACCOUNTS_MAX = 2 ** 24
export const SHARDS_MAX = 64
/** An account's record in the state tree, and how many records make a page. */
export const RECORD_BYTES = 32
export const PAGE_RECORDS = 64
export const TABLE_RECORDS_MIN = 4096
export const TRACE_LEAF_BYTES = 64
export const BATCH_TRANSFERS_MAX = 65_536
export const BATCH_BYTES_MAX = 4 * 1024 * 1024
/** Locks that an account can be registered with, and operations on locks in a batch. */
export const LOCKS_PER_ACCOUNT_MAX = 15
export const OPERATIONS_MAX = 4096
/** A lock's deadline is at most so many blocks above the one that orders it: 10 days of FAST. */
export const LOCK_BLOCKS_MAX = 8_640_000
/** Batches of a shard from one stated root to the next. */
export const ROOT_EVERY_MAX = 16
export const CLAIMS_PER_BLOCK_MAX = 8
export const CLAIMS_PER_SHARD_MAX = 4
/** Parcels that one claim may consume, their credits (a lone parcel may have more), and messages. */
export const CLAIM_PARCELS_MAX = 256
export const CLAIM_CREDITS_MAX = 65_536
export const CLAIM_MESSAGES_MAX = 4096
/** The next sequencer may take over when the one before was silent for so long. */
export const FAILOVER_MS = 1000
/** Units that a sequencer asks for each transfer, if it has an account to take them. */
export const ROLLUP_FEE_UNITS = 1
/** Blocks that a message may wait before a claim must consume it, and before its shard freezes. */
export const FORCE_AFTER_BLOCKS = 50
export const FREEZE_AFTER_BLOCKS = 600
/** Messages of one shard that no claim has consumed, at most. */
export const ROLLUP_INBOX_MAX = 65_536
/**
 * How long a stated root can be challenged. Validators check a batch before they order it; this is
 * for those who only follow headers, and it is what an exit has to wait.
 */
export const ROLLUP_CHALLENGE_SECONDS = 10
/** A parcel that could be consumed for so long must be, by the next claim of its destination. */
export const PARCEL_FORCE_SECONDS = 20
/** Wei that a challenger risks: he loses them if the proof does not hold. */
export const ROLLUP_CHALLENGE_BOND_WEI = 10n * WEI_PER_AITBC
/**
 * Before the end of an epoch after which the number of shards changes: messages and parcels are
 * consumed, what that sends back too, and each root after it settles.
 */
export const RESHARD_CLOSING_MS = 45_000
/** An encoded challenge: the claims of an interval, and the proof. */
export const ROLLUP_CHALLENGE_BYTES_MAX = 65_536
/** Roots and messages that nothing can come back to are dropped, a few with each stated root. */
export const ROLLUP_ROOTS_DROPPED = 4
export const ROLLUP_MESSAGES_DROPPED = 2 * CLAIM_MESSAGES_MAX
export const ROLLUP_PARCELS_DROPPED = 2 * CLAIM_PARCELS_MAX
/** An encoded claim with all the parcels that it may name. */
export const CLAIM_BYTES_MAX = 16_384

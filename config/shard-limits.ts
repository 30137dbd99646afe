// Limits of what a shard keeps; the rest is in limits.ts, which says what both files are.

/** What a shard keeps on its disk. */
/** A shard writes its accounts down after so many final batches, or so long after the last time. */
export const ROLLUP_CHECKPOINT_BATCHES = 256
export const ROLLUP_CHECKPOINT_MS = 30_000
/** Pages of 32 KiB that are copied and written at a time. */
export const ROLLUP_CHECKPOINT_PAGES = 64
/** Final batches that are executed while one checkpoint is copied; then the rest is in one go. */
export const ROLLUP_CHECKPOINT_AHEAD_MAX = 64
/** Final batches that are kept below the checkpoint for peers and challengers, and their bytes. */
export const ROLLUP_KEPT_BATCHES = 16_384
export const ROLLUP_KEPT_BYTES = 8 * 1024 * 1024 * 1024
/** So many are kept however long they are: more than can be challenged. */
export const ROLLUP_KEPT_BATCHES_MIN = 4096
/** Batches that a start fetches from peers before it executes them. */
export const ROLLUP_FETCHED_BYTES_MAX = 1024 * 1024 * 1024
/** Batches with exits that are searched for those of one account, and exits that are told. */
export const ROLLUP_EXITS_SEARCHED = 1024
export const ROLLUP_EXITS_TOLD = 64

/** Keys and sums of rollup cohorts in memory: 447 kB a cohort, 109 bytes an account. */
export const COHORT_KEYS_BYTES_MAX = 256 * 1024 * 1024
/** Keys that are made before they are needed: for one cohort, and until the thread ends. */
export const KEYS_AHEAD_MS = 60_000
export const KEYS_AHEAD_IDLE_MS = 10_000
/** One run for each shard of a node. */
export const KEYS_AHEAD_QUEUE_MAX = 64

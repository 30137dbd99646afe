// Limits of what a shard keeps, and of jobs that its locks pay; the rest is in limits.ts, which
// says what both files are.

/** What a shard keeps on its disk. */
/** A shard writes its accounts down once in so many batches, and once in so much chain time. */
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
/** Batches with exits that are searched for those of one account, and exits that are told. */
export const ROLLUP_EXITS_SEARCHED = 1024
export const ROLLUP_EXITS_TOLD = 64
/** Changes of the number of shards beyond which exits are not looked for. */
export const ROLLUP_NUMBERINGS_SEARCHED = 16
/** Operations on locks that wait or are in batches that are not final. */
export const ROLLUP_PENDING_OPERATIONS_MAX = 16_384
/** Callers that wait for one of them. */
export const ROLLUP_OPERATION_ANSWERS_MAX = 16
/** Locks whose deadline has passed that one batch gives back. */
export const ROLLUP_REFUNDS_PER_BATCH = 256
/** An operation that is void so many blocks from now is not taken into a batch any more. */
export const ROLLUP_OPERATION_BLOCKS_MIN = 5
/** Keys of payees in other shards that are kept. */
export const ROLLUP_PAYEE_KEYS_MAX = 65_536
/** Operations of final batches that are found by their lock. */
export const ROLLUP_FOUND_OPERATIONS_MAX = 65_536

/** Keys and sums of rollup cohorts in memory: 447 kB a cohort, 109 bytes an account. */
export const COHORT_KEYS_BYTES_MAX = 256 * 1024 * 1024
/** Keys that are made before they are needed: for one cohort, and until the thread ends. */
export const KEYS_AHEAD_MS = 60_000
export const KEYS_AHEAD_IDLE_MS = 10_000
/** One run for each shard of a node. */
export const KEYS_AHEAD_QUEUE_MAX = 64
/** Ordinary signatures: of one task, how long that may take, tasks of a shard at once. */
export const ROLLUP_CHECK_BATCH = 256
export const ROLLUP_CHECK_MS = 5000
export const ROLLUP_CHECK_TASKS = 4
/** Those of a submission before it is taken in; after so long it is taken in unchecked. */
export const ROLLUP_CHECK_AHEAD_MS = 1000

/** Claims with one number that a member of the shard's committee may attest, one a sequencer. */
export const ROLLUP_ATTESTED_CLAIMS_MAX = 16

/** A shard that catches up, with what its peers have. */
/** Who lacks more batches than this takes a peer's checkpoint instead. */
export const ROLLUP_SYNC_BATCHES = 1024
/** Batches that are fetched ahead of the one that is executed. */
export const ROLLUP_SYNC_AHEAD = 4
/** An answer has at most so many claims, and bytes of claims, and pages of 32 KiB. */
export const ROLLUP_SYNC_CLAIMS = 64
export const ROLLUP_SYNC_CLAIM_BYTES = 256 * 1024
export const ROLLUP_SYNC_PAGES = 8
/** Questions under way: to one peer, and that one may ask a second and at once. */
export const ROLLUP_SYNC_PER_PEER = 2
export const ROLLUP_SYNC_ASKS_PER_SECOND = 100
export const ROLLUP_SYNC_ASKS_BURST = 200
/** An answer comes within this; who is busy or silent is left alone for so long. */
export const ROLLUP_SYNC_ASK_MS = 3000
export const ROLLUP_SYNC_REST_MS = 500
/** A checkpoint that is read is kept until nobody has asked for so long, and at most so long. */
export const ROLLUP_SYNC_IDLE_MS = 5000
export const ROLLUP_SYNC_HELD_MS = 120_000
/** Registered accounts that are read from the base chain at a time. */
export const ROLLUP_SYNC_ACCOUNTS = 256
/** After a change of the number of shards: how long those before may take to write down what they had. */
export const SHARD_SET_PATIENCE_MS = 60_000
/** Rows of one commit when it is handed over: 8 MiB of pages. */
export const SHARD_SET_COMMIT_PUTS = 256
/** Rows of shards before those that were before are deleted: some at a time, and how often. */
export const SHARD_SET_DELETED_PUTS = 32
export const SHARD_SET_DELETE_MS = 100

/** Jobs that locks of the rollup pay. */
/** How long one hand-in waits, and how often the chain is asked. */
export const LOCK_OPERATE_MS = 4000
export const LOCK_LOOK_MS = 1000
/** Such jobs that are handed in or looked for at a time. */
export const LOCK_ASKS_MAX = 256
/** Blocks that are left of a lock when its job has to be done: until a root is settled, and spare. */
export const LOCK_SPARE_BLOCKS = 300
/** Settles a provider remembers to have signed: it gives back none of these. */
export const GPU_WORKER_SIGNED_MAX = 4096

/** Claims that a node has found false. */
/** Traces of final batches, for a peer that asks and for the way back to the last stated root. */
export const ROLLUP_RECENT_TRACES_BYTES = 32 * 1024 * 1024
export const ROLLUP_RECENT_STEPS_MAX = 64
/** Traces that peers may ask for: nine megabytes each at most. */
export const ROLLUP_TRACES_PER_SECOND = 1
export const ROLLUP_TRACES_BURST = 8
/** Records that are asked for to find what a false root says; rounds over all peers. */
export const ROLLUP_DISPUTE_ASKS_MAX = 256
export const ROLLUP_DISPUTE_ROUNDS_MAX = 5
/** Times that a challenge is sent, and how long its verdict is waited for. */
export const ROLLUP_CHALLENGES_MAX = 5
export const ROLLUP_CHALLENGE_WAIT_MS = 3000

// Every number that limits something, written down once. docs/LIMITS.md is generated from this
// file. Any layer may import it; it imports nothing. Consensus rules (gas, quorums, times that
// every node must agree on) are not limits: they live in protocol/params.ts.

/** Frames and messages. */
export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024
export const FRAME_MESSAGES_MAX = 256
/** One message of the greatest size and what is written around it. */
export const FRAME_BYTES_MAX = MESSAGE_BYTES_MAX + 64 * 1024
/** Bytes under way on a link before it says that it is full. */
export const LINK_BUFFER_BYTES_MAX = 4 * 1024 * 1024
/** A frame that has grown so far is sent without waiting for the end of the turn. */
export const FRAME_BYTES_FULL = 64 * 1024
/** Shared memory between two threads, in each direction: powers of two. */
export const RING_CONTROL_BYTES = 64 * 1024
export const RING_DATA_BYTES = 1024 * 1024
/** What may be under way on a link, in each lane, before its receiver has taken it in. */
export const LINK_WINDOW_MESSAGES = 8192
export const LINK_WINDOW_BYTES = 4 * 1024 * 1024
/** What waits for a link, in each lane, beyond its window; more is refused. */
export const LINK_QUEUE_MESSAGES_MAX = 65_536
export const LINK_QUEUE_BYTES_MAX = 64 * 1024 * 1024
/** Targets (kind, key, verb) that a link knows by number, in each lane. */
export const LINK_TARGETS_MAX = 8192
export const LINK_VOCABULARIES_MAX = 1024
/** A sender without credit asks for it again, and says again who it is, after so long. */
export const LINK_PROBE_MS = 250
export const LINK_PROBE_MS_MAX = 4000
/** What was taken in is confirmed within this, however little it was. */
export const LINK_CONFIRM_MS = 200
export const HEARTBEAT_MS = 500
export const SUSPECT_AFTER_MS = 1500
export const DOWN_AFTER_MS = 6000
/** A peer with heartbeats that does not say who it is. */
export const HELLO_MS = 30_000
/** Pieces of rubbish from a peer before it is quarantined; one is forgotten a second. */
export const RUBBISH_MAX = 16
export const LINK_QUARANTINE_MS = 30_000

/** Links between processes. */
export const MUX_CHANNELS_MAX = 4096
export const MUX_BAD_FRAMES_MAX = 16
/** What may wait in a relay, each way: in both lanes a full window and one frame over it. */
export const RELAY_BYTES_MAX = 2 * (LINK_WINDOW_BYTES + FRAME_BYTES_MAX)
/** A channel that a host closed is opened again after so long. */
export const RELAY_REOPEN_MS = 5000
/** Frames leave together, in writes of up to so many bytes: with yamux's header, one noise message. */
export const TRUNK_BATCH_BYTES = 4 * (65_535 - 16) - 12
/** What waits for one stream before its lane says that it is full. */
export const TRUNK_QUEUE_BYTES_MAX = 1024 * 1024
/** Bytes under way on one stream. Both ends must have the same: part of the protocol's version. */
export const TRUNK_WINDOW_BYTES = 16 * 1024 * 1024
export const TRUNK_SOCKET_BYTES = 1024 * 1024
export const TRUNK_DIAL_MS = 5000
/** Both streams of a pair are there within this time, or the peer is refused. */
export const TRUNK_PAIR_MS = 5000
export const TRUNK_RETRY_MS_MIN = 100
export const TRUNK_RETRY_MS_MAX = 3000
export const TRUNK_STOP_MS = 1000
export const TRUNK_INBOUND_PER_SECOND = 64
export const TRUNK_PENDING_MAX = 64
export const TRUNK_REFUSED_LOG_MS = 10_000
/** A peer that sent rubbish is refused for so long. */
export const TRUNK_QUARANTINE_MS = 60_000

/** Actor runtime. */
export const HANDLER_BUDGET = 2048
export const STASH_MAX = 1024
export const TIMERS_PER_ACTOR_MAX = 4096
/** Milliseconds a host works before it lets timers and I/O have their turn. */
export const HANDLER_BUDGET_MS = 5
export const DEAD_LETTERS_KEPT = 200
/** Actors that stopped for good, kept with why. */
export const GONE_ACTORS_KEPT = 200
/** Spans of traced messages kept by each host. */
export const SPANS_KEPT = 8192
/** Targets whose place a host remembers. */
export const ROUTES_CACHED_MAX = 65_536
/** Times are measured for so long after somebody has read the figures. */
export const METRICS_READER_MS = 10_000
export const METRICS_DELAY_SAMPLE_MS = 20
/** The trace of one actor's messages ends by itself. */
export const TAP_MESSAGES_MAX = 10_000
export const TAP_MS_MAX = 600_000
export const TAP_BODY_CHARS_MAX = 512
export const TASK_QUEUE_MAX = 1024
/** Of one incarnation of one actor. */
export const RECORDING_BYTES_MAX = 64 * 1024 * 1024
/** A new owner of an actor waits so long for its former one. */
export const HANDOFF_WAIT_MS = 10_000
/** Messages kept for an actor that is about to start here. */
export const HANDOFF_MESSAGES_MAX = 1024
export const THREAD_RESTARTS_MAX = 10

/** JSON-RPC. */
export const RPC_BODY_BYTES_MAX = 2 * 1024 * 1024
export const RPC_BATCH_MAX = 100
export const RPC_REPLY_BYTES_MAX = 25 * 1024 * 1024
export const RPC_IN_FLIGHT_MAX = 4096
export const RPC_SOCKET_IN_FLIGHT_MAX = 256
export const RPC_ASK_MS = 10_000
export const RPC_RETRY_MS = 250
export const RPC_FOLLOW_BATCH = 64
export const RPC_BLOCKS_CACHED_MAX = 512
export const RPC_BLOCKS_CACHED_BYTES_MAX = 64 * 1024 * 1024
export const RPC_FEE_HISTORY_BLOCKS_MAX = 256
/** The priority fee suggested on a quiet chain, and how many blocks tell what is paid. */
export const TIP_DEFAULT_WEI = 1_000_000_000n
export const TIP_BLOCKS = 20
export const LOG_RANGE_BLOCKS_MAX = 10_000
export const LOG_RESULTS_MAX = 10_000
/** Storage slots of one eth_getProof. */
export const PROOF_SLOTS_MAX = 64
export const WS_SUBSCRIPTIONS_MAX = 64
export const WS_BACKLOG_BYTES_MAX = 4 * 1024 * 1024

/** HTTP servers. */
export const HTTP_REQUEST_MS = 30_000
export const HTTP_STOP_GRACE_MS = 1000
export const WS_IDLE_SECONDS_MAX = 120

/** Mempool. */
export const MEMPOOL_TRANSACTIONS_MAX = 16_384
export const MEMPOOL_PER_SENDER_MAX = 256
export const TRANSACTION_BYTES_MAX = 131_072
export const MEMPOOL_CHECK_BATCH = 256
export const MEMPOOL_CHECK_TASKS = 4
export const MEMPOOL_CHECK_QUEUE = 16_384
export const MEMPOOL_CHECK_MS = 5000
export const MEMPOOL_ACCOUNT_MS = 2000
export const MEMPOOL_ACCOUNTS_ASKED_MAX = 8192
export const MEMPOOL_RETELL_MS = 3000
export const MEMPOOL_TRACED_MAX = 1024

/** What one peer may send to a mempool: transactions a second, and at once. */
export const MEMPOOL_PEER_PER_SECOND = 20_000
export const MEMPOOL_PEER_BURST = 65_536

/** What one peer may send to a validator, a second and at once; more is dropped unread. */
export const VALIDATOR_PEER_MESSAGES_PER_SECOND = 1000
export const VALIDATOR_PEER_MESSAGES_BURST = 4096
export const VALIDATOR_PEER_BYTES_PER_SECOND = 32 * 1024 * 1024
export const VALIDATOR_PEER_BYTES_BURST = 96 * 1024 * 1024
/** So many dropped for their rate count as one piece of rubbish. */
export const PEER_EXCESS_PER_RUBBISH = 64

/** A chain that made no block for so long stands still: why is said, and said again. */
export const STALL_LOOK_MS = 1000
export const STALL_AFTER_MS = 5000
export const STALL_AGAIN_MS = 10_000
/** Final blocks in a row without our vote that are warned of; again when they have doubled. */
export const MISSED_VOTES_WARN = 10
/** Blocks that come so far ahead of our clock, or so long after their time, are warned of. */
export const CLOCK_SKEW_BEHIND_MS = 250
export const CLOCK_SKEW_LATE_MS = 2000
export const CLOCK_SKEW_AGAIN_MS = 60_000

/** Blocks: building, checking, reading. */
export const BLOCK_MEMPOOL_MS = 1000
export const BLOCK_CHECK_BATCH = 256
export const BLOCK_CHECK_MS = 5000
export const BLOCKS_NOT_FINAL_MAX = 256
export const ARCHIVE_POLLS_MAX = 1024
export const ARCHIVE_REPLY_BYTES_MAX = 4 * 1024 * 1024

/** Rollup: the sequencer of a shard, and what a shard keeps in memory. */
export const ROLLUP_PENDING_TRANSFERS_MAX = 262_144
export const ROLLUP_GROUPS_MAX = 4096
/** A group that does not ask for its events for so long is forgotten. */
export const ROLLUP_GROUP_IDLE_MS = 60_000
export const ROLLUP_GROUP_EVENTS_MAX = 256
/** A batch's first transfer waits at most so long for company, and only while others are under way. */
export const ROLLUP_WINDOW_MAX_MS = 150
/** How long transfers may wait for a block that orders the batch before theirs. */
export const ROLLUP_PATIENCE_MAX_MS = 500
/** Senders co-sign within this, or are absent; more where answers come slowly. */
export const ROLLUP_COSIGN_MS = 250
export const ROLLUP_COSIGN_MAX_MS = 1000
export const ROLLUP_COSIGN_LAST_MS = 2000
/** A group that failed to co-sign is only taken with ordinary signatures for so long. */
export const ROLLUP_DISTRUST_MS = 10_000
/** A sealed batch that no block has ordered is told to the peers again after so long. */
export const ROLLUP_RETELL_MS = 1000
/** Batches that are executed here and not final. */
export const ROLLUP_UNFINAL_BATCHES_MAX = 64
/** Batches kept in memory whose parent is not here yet, or that stand on another branch. */
export const ROLLUP_WAITING_BATCHES_MAX = 64
/** A missing batch is asked of one peer after another, so long of each. */
export const ROLLUP_FETCH_MS = 500
export const ROLLUP_HOLD_MS = 2000
export const ROLLUP_READY_MS = 50
/** Batches that a peer may fetch, a second and at once. */
export const ROLLUP_FETCHES_PER_SECOND = 200
export const ROLLUP_FETCHES_BURST = 1000
/** Final batches whose transfers can be looked up by sender and nonce. */
export const ROLLUP_RECENT_BATCHES = 32
/** Of one batch: inbox messages. Of a shard: parcels under way to another, credits read ahead. */
export const ROLLUP_INBOX_PER_BATCH = 1024
export const ROLLUP_PARCELS_WAITING_MAX = 1024
export const ROLLUP_PARCEL_CREDITS_HELD_MAX = 262_144
/** A client of the rollup's socket, all of a gateway: what nobody has answered, or it has not read. */
export const ROLLUP_SOCKET_FRAMES_MAX = 64
export const ROLLUP_SOCKET_IN_FLIGHT_BYTES_MAX = 16 * 1024 * 1024
export const ROLLUP_SOCKETS_IN_FLIGHT_BYTES_MAX = 128 * 1024 * 1024
export const ROLLUP_SOCKET_BACKLOG_BYTES_MAX = 32 * 1024 * 1024
/** rollup_sendOperation answers that it is pending after so long. */
export const ROLLUP_OPERATE_MS = 5000
/** Frames that are none, until the client is closed. */
export const ROLLUP_SOCKET_FAULTS_MAX = 16

/** Jobs. */
export const JOB_INPUT_BYTES_MAX = 256 * 1024
export const JOB_OUTPUT_BYTES_MAX = 1024 * 1024
export const JOB_TOKENS_MAX = 4096
export const JOB_TOKENS_DEFAULT = 256
export const JOB_INPUTS_MAX = 256
export const JOB_MESSAGES_MAX = 256
export const JOB_TEXT_CHARS_MAX = 128 * 1024
export const JOB_DEADLINE_SECONDS_DEFAULT = 900
export const JOB_DEADLINE_SECONDS_MIN = 10
export const JOB_DEADLINE_SECONDS_MAX = 86_400
export const JOBS_OPEN_MAX = 10_000
export const JOBS_OPENING_MAX = 1000
export const JOB_ASSIGNMENTS_MAX = 2
export const EVENTS_KEPT = 8192
export const EVENTS_PER_REPLY = 2048
export const LONG_POLL_HOLD_MS = 20_000
export const JOB_LEASE_SECONDS_MIN = 15
export const JOB_CANCEL_GRACE_MS = 10_000
export const MONEY_RESEND_MS = 1000
export const MONEY_BUMP_AFTER_MS = 30_000
export const HEARTBEATS_MISSED_MAX = 3
export const JOBS_LIST_MAX = 100
export const REST_BODY_BYTES_MAX = 1024 * 1024

/** Receipt bundles. */
export const BUNDLE_BYTES_MAX = 1024 * 1024
export const BUNDLE_HEADERS_MAX = 256
/** A bundle that needs more begins with a checkpoint instead of the genesis. */
export const BUNDLE_CHECKPOINTS_MAX = 64

/** Light client. */
export const LIGHT_CHECKPOINT_BYTES_MAX = 512 * 1024
/** More than the longest epoch has blocks. */
export const LIGHT_HEADERS_MAX = 1024
/** Two weeks of epochs of a minute, each with other validators. */
export const LIGHT_STEPS_MAX = 20_160
export const LIGHT_REPLY_BYTES_MAX = 8 * 1024 * 1024
export const LIGHT_ASK_MS = 10_000
/** Headers of one aitbc_getHeaders. */
export const RPC_HEADERS_MAX = 256

/** Topology. */
export const TOPOLOGY_BYTES_MAX = 256 * 1024
export const NODES_MAX = 128
export const THREADS_PER_NODE_MAX = 16
export const TOPOLOGY_ISSUES_MAX = 20
export const PROVIDER_SLOTS_MAX = 64

/** Configuration of a node. */
export const CONFIG_BYTES_MAX = 64 * 1024

/** Node processes. */
export const NODE_RESTARTS_MAX = 10
export const NODE_RESTART_MS_MIN = 200
export const NODE_RESTART_MS_MAX = 10_000
/** A node that ran so long has not just failed again. */
export const NODE_STEADY_MS = 10_000
export const NODE_STOP_MS = 8000
/** From the start of all nodes until each has heard of every other. */
export const NODES_LINKED_MS = 120_000

/** Storage. */
export const LMDB_TABLES_MAX = 64
/** Address space, not disk: the file has the size of its data, and lmdb makes the map larger. */
export const LMDB_MAP_BYTES = 128 * 1024 * 1024 * 1024
export const STORE_KEY_BYTES_MAX = 1978
export const LMDB_COMMITS_TIMED = 512

/** Snapshots of the state: chunk 0 holds the block, the others rows of the state. */
export const SNAPSHOT_CHUNK_BYTES = 2 * 1024 * 1024
export const SNAPSHOT_CHUNK_BYTES_MAX = 4 * 1024 * 1024
export const SNAPSHOT_BLOCK_BYTES_MAX = 12 * 1024 * 1024
export const SNAPSHOT_CHUNKS_MAX = 65_536
export const SNAPSHOT_MANIFEST_BYTES_MAX = 4 * 1024 * 1024
/** A node makes one at every so-many-th boundary of an epoch, and keeps the last ones. */
export const SNAPSHOT_EPOCHS = 10
export const SNAPSHOTS_KEPT = 2
export const SNAPSHOT_LOOK_MS = 1000
export const SNAPSHOT_MAKE_MS = 30 * 60_000
/** Manifests and chunks that a node reads for its peers at a time; more are asked to wait. */
export const SNAPSHOT_READS_MAX = 4
/** Chunks under way to a node that starts from a snapshot, from one peer and from all. */
export const SYNC_CHUNKS_PER_PEER = 2
export const SYNC_CHUNKS_MAX = 8
export const SYNC_ASK_MS = 20_000
export const SYNC_RETRY_MS = 2000
/** Commits whose former rows are kept, so that a state of a moment ago can still be read. */
export const UNDO_COMMITS_MAX = 2048

/** Pruning: epochs whose blocks stay, and those that stay whatever the disk says. */
export const PRUNE_EPOCHS_KEPT = 128
export const PRUNE_EPOCHS_MIN = 22
/** storage.prune_threshold where only storage.prune is set. */
export const PRUNE_BYTES_DEFAULT = 100_000_000_000
/** A batch and the pause after it, so that blocks are committed in between. */
export const PRUNE_ROWS_PER_COMMIT = 1024
export const PRUNE_BLOCKS_STEP = 256
export const PRUNE_PAUSE_MS = 25
export const PRUNE_LOOK_MS = 5000

/** Cryptography. */
export const BLS_KEYS_CACHED_MAX = 4096

/** Key files: what is read, and the work that opening one may take. */
export const KEY_FILE_BYTES_MAX = 64 * 1024
export const KEY_PASSWORD_CHARS_MIN = 8
export const KDF_MEMORY_BYTES_MAX = 1024 * 1024 * 1024
export const KDF_BLOCKS_MAX = 64
export const KDF_ROUNDS_MAX = 10_000_000
/** Whether a key whose sign record was lost signs again. */
export const KEYS_WATCH_MS = 5000

/** Status. */
export const FINALITY_SAMPLES_MAX = 500

/** Admin server: what may be asked of it, and how long it waits for its threads. */
export const ADMIN_BODY_BYTES_MAX = 16 * 1024
export const ADMIN_ROWS_MAX = 500
export const ADMIN_ROWS_DEFAULT = 100
export const ADMIN_FILTER_CHARS_MAX = 200
export const ADMIN_SPANS_MAX = 2000
export const ADMIN_LOG_LINES_KEPT = 1000
export const ADMIN_LOG_FIELDS_CHARS_MAX = 2000
export const ADMIN_CALLS_MAX = 64
export const ADMIN_ASK_MS = 1500
export const ADMIN_BLOCKS_KEPT = 256
export const ADMIN_TAP_MESSAGES_MAX = 1000
export const ADMIN_TAP_MS = 60_000
export const AGENT_CALL_MS = 1500
export const AGENT_PROFILE_MS = 30_000
/** Ready: the head is so fresh, and so few blocks behind the others; an idle chain makes blocks too. */
export const READY_HEAD_MS = 10_000
export const READY_LAG_BLOCKS = 5
/** Ready: so much of the disk is free (AITBC_MIN_FREE_DISK_MB), or a quarter of a small disk. */
export const READY_DISK_BYTES = 2 * 1024 * 1024 * 1024
/** Warned of at so many times what ready needs, again after so long, and for an event loop so late. */
export const DISK_WARN_FACTOR = 2
export const MACHINE_LOOK_MS = 10_000
export const MACHINE_AGAIN_MS = 600_000
export const LOOP_LAG_WARN_MS = 500

/** Model runners. */
export const RUNNER_MEMORY_MIB = 2048
export const GPU_WORKER_JOBS_MAX = 64
export const MODEL_START_MS = 90_000
export const MODEL_CANCEL_MS = 10_000
/** A model that nobody asked for so long leaves the memory. */
export const MODEL_IDLE_MS = 15 * 60_000

/** Model files. */
export const MODEL_FILES_MAX = 16
export const PULL_ANSWER_MS = 20_000
export const PULL_STALL_MS = 30_000

/** Task pool. */
export const POOL_THREADS = 1
export const POOL_THREADS_MAX = 64
export const POOL_QUEUE_MAX = 64
/** Batches below this size stay on the thread that asks. */
export const POOL_BATCH_MIN = 32
/** A pool that lost so many threads within the window starts none until it has passed. */
export const POOL_LOSSES_MAX = 10
export const POOL_LOSS_WINDOW_MS = 60_000

/** Chaos: faults set on purpose. */
export const CHAOS_DELAY_MS_MAX = 60_000
export const CHAOS_FOR_MS_MAX = 3_600_000
/** The supply is counted over every account that the chain names, up to so many blocks. */
export const CHAOS_SCAN_BLOCKS_MAX = 50_000
export const CHAOS_TRANSACTIONS_MAX = 2000

/** Coordinator. */
export const NONCES_MAX = 10_000
export const NONCE_SECONDS = 300
export const TOKEN_SECONDS = 12 * 3600
export const RATE_CALLERS_MAX = 10_000
export const AUTH_PER_MINUTE = 120
export const SUBMIT_PER_MINUTE = 600
export const EVENTS_PING_MS = 15_000
export const SQL_CONNECTIONS_MAX = 8
export const SQL_CONNECT_MS = 5000
export const IDEMPOTENT_CALLS_KEPT = 10_000

/** Inspector: rows of one snapshot, and what it takes and waits for. */
export const INSPECTOR_ROWS_MAX = 500
export const INSPECTOR_REPLY_BYTES_MAX = 4 * 1024 * 1024
export const INSPECTOR_ANSWER_MS = 2000
export const INSPECTOR_TAP_MESSAGES = 100
export const INSPECTOR_TAP_MS = 10_000

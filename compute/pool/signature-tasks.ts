// The tasks `recover-senders`, `verify-ed25519` and `check-cosigners`: small batches on the calling
// thread, because handing them over would cost more than they do; large ones in a pool, so that the
// actors of this thread go on meanwhile.

import { POOL_BATCH_MIN, POOL_QUEUE_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { type SignatureColumns, verifyColumns } from '../../protocol/rollup/verify-columns.ts'
import { recoverSenders } from '../../protocol/transaction/recover-senders.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import { type CosignerColumns, checkCosigners } from '../crypto/check-cosigners.ts'
import { verifyEd25519Native } from '../crypto/ed25519-native.ts'
import { secp256k1Native } from '../crypto/secp256k1-native.ts'
import { taskTable } from '../tasks/task-table.ts'
import { packCosigners, unpackChecked } from './cosigner-batch.ts'
import { packColumns, unpackBad } from './ed25519-batch.ts'
import { packTransactions, unpackSenders } from './signature-batch.ts'
import { WorkPool } from './work-pool.ts'

interface Batch {
  readonly transactions: readonly Uint8Array[]
}

type Packed = Uint8Array<ArrayBuffer>

interface Senders {
  readonly senders: readonly (Hex | null)[]
}

export interface SignatureTasksOptions {
  /** Threads of the pool; 0 keeps every batch on the calling thread. */
  readonly threads: number
  /** Transactions from which on a batch is handed over. */
  readonly batchMin?: number
  readonly queueMax?: number
  /** A line worth saying: something degraded. */
  readonly warn?: (message: string) => void
}

export type SignatureTasks = TaskRunner & {
  /** Threads that run now. */
  readonly threads: number
  /** Batches that went to the pool so far. */
  readonly handedOver: number
  stop(): Promise<void>
}

/** The module next to this one that the pool's threads import, in the form that runs now. */
function workerModule(): URL {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`./signature-worker${ending}`, import.meta.url)
}

const ED25519 = 'verify-ed25519'
const COSIGNERS = 'check-cosigners'

function countOf(name: string, input: unknown): number {
  if (name === ED25519) return (input as SignatureColumns).keys.length / 32
  if (name === COSIGNERS) return (input as CosignerColumns).keys.length / 96
  return (input as Partial<Batch>).transactions?.length ?? 0
}

function pack(name: string, input: unknown): Packed {
  if (name === ED25519) return packColumns(input as SignatureColumns)
  if (name === COSIGNERS) return packCosigners(input as CosignerColumns)
  return packTransactions((input as Batch).transactions)
}

function unpack(name: string, result: Uint8Array): unknown {
  if (name === ED25519) return { bad: unpackBad(result) }
  return name === COSIGNERS ? unpackChecked(result) : { senders: unpackSenders(result) }
}

export function signatureTasks(options: SignatureTasksOptions): SignatureTasks {
  const { threads, batchMin = POOL_BATCH_MIN, queueMax = POOL_QUEUE_MAX, warn } = options
  const here = taskTable({
    'recover-senders': ({ transactions }: Batch): Senders => ({
      senders: recoverSenders(transactions, secp256k1Native),
    }),
    [ED25519]: (columns: SignatureColumns) => ({
      bad: verifyColumns(columns, verifyEd25519Native),
    }),
    [COSIGNERS]: checkCosigners,
  })
  const pool = new WorkPool<Uint8Array, Uint8Array>({
    module: workerModule(),
    threads,
    queueMax,
    onLoss: (losses) => {
      const then = pool.broken ? 'signatures are checked on the actors’ thread for now' : 'replaced'
      warn?.(`a signature thread ended (${losses} within a minute): ${then}`)
    },
  })
  let handedOver = 0
  let state: 'cold' | 'starting' | 'warm' = 'cold'
  /** Threads need a moment to load; batches do not wait for that. */
  const warmUp = () => {
    state = 'starting'
    const packed = packTransactions([])
    pool.run(packed, [packed.buffer], {
      ok: () => {
        state = 'warm'
      },
      failed: () => {
        state = 'cold'
      },
    })
  }
  return {
    start(name, input, on) {
      const large = threads > 0 && countOf(name, input) >= batchMin && !pool.broken
      if (large && state === 'cold') warmUp()
      if (!large || state !== 'warm') return here.start(name, input, on)
      handedOver++
      const packed = pack(name, input)
      return pool.run(packed, [packed.buffer], {
        ok: (result) => on.ok(unpack(name, result)),
        failed: (reason, detail) => on.failed(reason, detail),
      })
    },
    get threads() {
      return pool.threads
    },
    get handedOver() {
      return handedOver
    },
    stop: () => pool.stop(),
  }
}

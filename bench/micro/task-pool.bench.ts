// From which size on a batch of signatures is worth handing to a pool thread: the time that the
// calling thread is busy, and the time until the senders are known, in interleaved rounds. Also
// what a pool costs to start. npm run bench -- task-pool

import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { type SignatureTasks, signatureTasks } from '../../compute/pool/signature-tasks.ts'
import { signTransaction } from '../../protocol/transaction/encode-transaction.ts'

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
const ROUNDS = 41
const WARM_LIMIT_MS = 20_000

function transactions(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, nonce) => {
    const fees = { maxFeePerGas: 10n, maxPriorityFeePerGas: 1n, gasLimit: 21_000 }
    const rest = { to: `0x${'22'.repeat(20)}` as const, value: 1n, data: new Uint8Array(0) }
    const unsigned = { type: 2 as const, chainId: 1337n, nonce, accessList: [], ...fees, ...rest }
    return signTransaction(unsigned, new Uint8Array(32).fill(7), secp256k1Native)
  })
}

interface Cost {
  /** CPU milliseconds of the calling thread. */
  readonly busyMs: number
  readonly totalMs: number
}

/** How long this thread was working and not waiting, from the event loop's own account. */
function run(tasks: SignatureTasks, batch: readonly Uint8Array[]): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const before = performance.eventLoopUtilization()
    const startedAt = performance.now()
    const on = {
      chunk: () => {},
      ok: () => {
        const totalMs = performance.now() - startedAt
        resolve({ totalMs, busyMs: performance.eventLoopUtilization(before).active })
      },
      failed: (reason: string, detail: string) => reject(new Error(`${reason}: ${detail}`)),
    }
    tasks.start('recover-senders', { transactions: batch }, on)
  })
}

const median = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

const here = signatureTasks({ threads: 0 })
const pooled = signatureTasks({ threads: 1, batchMin: 1 })
const one = transactions(1)

const rssBefore = process.memoryUsage().rss
const coldAt = performance.now()
while (pooled.handedOver === 0) {
  await run(pooled, one)
  await new Promise((next) => setTimeout(next, 2))
  if (performance.now() - coldAt > WARM_LIMIT_MS) throw new Error('the pool did not start')
}
const startMs = performance.now() - coldAt
const rssMiB = (process.memoryUsage().rss - rssBefore) / 1024 / 1024

console.log('transactions   here busy/total ms   pool busy/total ms   pool frees the caller')
for (const size of SIZES) {
  const batch = transactions(size)
  const costs: [Cost[], Cost[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    costs[0].push(await run(here, batch))
    costs[1].push(await run(pooled, batch))
  }
  const cell = (of: Cost[]) =>
    `${median(of.map((c) => c.busyMs)).toFixed(3)} / ${median(of.map((c) => c.totalMs)).toFixed(3)}`
  const ratio = median(costs[0].map((c) => c.busyMs)) / median(costs[1].map((c) => c.busyMs))
  console.log(
    `${String(size).padStart(12)}   ${cell(costs[0]).padStart(18)}   ${cell(costs[1]).padStart(18)}` +
      `   ${ratio.toFixed(2)} x`,
  )
}
console.log(
  `first thread: ready after ${startMs.toFixed(0)} ms, ${rssMiB.toFixed(1)} MiB of memory`,
)
await pooled.stop()
await here.stop()

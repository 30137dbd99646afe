// The senders of a batch are the same on the calling thread and in the pool, and a batch goes where
// it is cheaper.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { packTransactions, unpackTransactions } from '../../compute/pool/signature-batch.ts'
import { type SignatureTasks, signatureTasks } from '../../compute/pool/signature-tasks.ts'
import type { Hex } from '../../lib/hex.ts'
import { signTransaction } from '../../protocol/transaction/encode-transaction.ts'
import { recoverSenders } from '../../protocol/transaction/recover-senders.ts'

const BATCH_MIN = 8

/** Signed by two keys in turn; every fifth is no transaction. All are views of one buffer. */
function batch(count: number): Uint8Array[] {
  const parts = Array.from({ length: count }, (_, nonce) => {
    if (nonce % 5 === 4) return Uint8Array.of(2, nonce)
    const key = new Uint8Array(32).fill(1 + (nonce % 2))
    const fees = { maxFeePerGas: 10n, maxPriorityFeePerGas: 1n, gasLimit: 21_000 }
    const to = `0x${'11'.repeat(20)}` as const
    const rest = { to, value: 1n, data: new Uint8Array(nonce), accessList: [] }
    return signTransaction(
      { type: 2, chainId: 1337n, nonce, ...fees, ...rest },
      key,
      secp256k1Native,
    )
  })
  return unpackTransactions(packTransactions(parts))
}

const started: SignatureTasks[] = []

function tasksOf(threads: number): SignatureTasks {
  const tasks = signatureTasks({ threads, batchMin: BATCH_MIN })
  started.push(tasks)
  return tasks
}

function senders(tasks: SignatureTasks, transactions: readonly Uint8Array[]) {
  return new Promise<readonly (Hex | null)[]>((resolve, reject) => {
    tasks.start(
      'recover-senders',
      { transactions },
      {
        chunk: () => {},
        ok: (out) => resolve((out as { senders: (Hex | null)[] }).senders),
        failed: (reason, detail) => reject(new Error(`${reason}: ${detail}`)),
      },
    )
  })
}

/** Asks for large batches until one of them went through the pool. */
async function warm(tasks: SignatureTasks): Promise<void> {
  const large = batch(BATCH_MIN)
  for (let i = 0; i < 1000 && tasks.handedOver === 0; i++) {
    await senders(tasks, large)
    await new Promise((next) => setTimeout(next, 10))
  }
  assert.ok(tasks.handedOver > 0, 'nothing was handed over')
}

test('small batches start no thread; the first large one does, and does not wait for it', async () => {
  const tasks = tasksOf(1)
  const small = batch(BATCH_MIN - 1)
  assert.equal(await senders(tasks, small), recoverSenders(small, secp256k1Native))
  assert.is(tasks.threads, 0)
  const large = batch(BATCH_MIN)
  assert.equal(await senders(tasks, large), recoverSenders(large, secp256k1Native))
  assert.equal([tasks.threads, tasks.handedOver], [1, 0])
  await warm(tasks)
  const handedOver = tasks.handedOver
  await senders(tasks, small)
  assert.is(tasks.handedOver, handedOver)
})

test('the pool finds the same senders, and leaves the transactions to their owner', async () => {
  const tasks = tasksOf(2)
  await warm(tasks)
  const large = batch(100)
  const expected = recoverSenders(large, secp256k1Native)
  assert.is(expected.filter((sender) => sender === null).length, 20)
  const results = await Promise.all([senders(tasks, large), senders(tasks, large.slice(30))])
  assert.equal(results, [expected, expected.slice(30)])
  assert.is(large[0]?.length, batch(1)[0]?.length)
})

test('with no threads everything stays here; an unknown task is refused', async () => {
  const tasks = tasksOf(0)
  const large = batch(BATCH_MIN * 4)
  assert.equal(await senders(tasks, large), recoverSenders(large, secp256k1Native))
  assert.equal([tasks.threads, tasks.handedOver], [0, 0])
  const reason = await new Promise((resolve) => {
    tasks.start('mine', {}, { chunk: () => {}, ok: resolve, failed: resolve })
  })
  assert.is(reason, 'rejected')
})

test.after(async () => {
  for (const tasks of started) await tasks.stop()
})

test.run()

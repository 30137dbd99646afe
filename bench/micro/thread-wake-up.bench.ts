// How a sleeping thread is woken: a round trip between two threads that sleep after every message,
// by Atomics.waitAsync on a shared word and by a postMessage without content, in interleaved
// rounds. npm run bench -- thread-wake-up

import { Worker } from 'node:worker_threads'
import { waitWhile } from '../../transport/threads/wait-async.ts'
import { Rounds, rateOf } from './runtime/rounds.ts'

const ROUNDS = 15
const TRIPS = 2000

/** Words: whose turn it is in the game of waitAsync. Each side waits while it is the other's. */
const FAR = `
const { parentPort, workerData } = require('node:worker_threads')
const words = new Int32Array(workerData)
parentPort.on('message', () => parentPort.postMessage(null))
const wait = () => {
  const { async, value } = Atomics.waitAsync(words, 0, 0)
  if (async) value.then(answer)
  else queueMicrotask(answer)
}
function answer() {
  if (Atomics.load(words, 0) === 1) {
    Atomics.store(words, 0, 0)
    Atomics.store(words, 1, 1)
    Atomics.notify(words, 1)
  }
  wait()
}
wait()`

const memory = new SharedArrayBuffer(8)
const words = new Int32Array(memory)
const worker = new Worker(FAR, { eval: true, workerData: memory })

function byWaiting(): Promise<void> {
  return new Promise((resolve) => {
    let left = TRIPS
    const next = () => {
      if (left-- === 0) {
        resolve()
        return
      }
      Atomics.store(words, 1, 0)
      Atomics.store(words, 0, 1)
      Atomics.notify(words, 0)
      waitWhile(words, 1, 0, next)
    }
    next()
  })
}

function byMessages(): Promise<void> {
  return new Promise((resolve) => {
    let left = TRIPS
    const next = () => {
      if (left-- > 0) worker.postMessage(null)
      else {
        worker.off('message', next)
        resolve()
      }
    }
    worker.on('message', next)
    next()
  })
}

const rounds = new Rounds()
await rounds.run(ROUNDS, {
  waitAsync: () => rateOf(TRIPS, byWaiting),
  postMessage: () => rateOf(TRIPS, byMessages),
})
for (const name of ['waitAsync', 'postMessage']) {
  console.log(`${name.padEnd(12)} ${(1e6 / rounds.median(name)).toFixed(1)} us a round trip`)
}
await worker.terminate()

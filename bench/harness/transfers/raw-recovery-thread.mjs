// One thread of the raw cost: recoveries a second of signatures that differ.

import { parentPort, workerData } from 'node:worker_threads'
import secp256k1 from 'secp256k1'

const SIGNATURES = 64
/** Between two looks at the clock. */
const AT_ONCE = 16

const signed = Array.from({ length: SIGNATURES }, (_, i) => {
  const digest = new Uint8Array(32).fill(i + 1)
  const key = new Uint8Array(32).fill(i + 7)
  return { digest, ...secp256k1.ecdsaSign(digest, key) }
})

let done = 0
const started = performance.now()
let elapsed = 0
while (elapsed < workerData.ms) {
  for (let i = 0; i < AT_ONCE; i++) {
    const { digest, signature, recid } = signed[done++ % SIGNATURES]
    secp256k1.ecdsaRecover(signature, recid, digest, false)
  }
  elapsed = performance.now() - started
}
parentPort.postMessage((done / elapsed) * 1000)

// A block's VRF by libsodium against noble: milliseconds of processor time to prove and to verify
// (other programs on the machine count less than on a clock), medians of interleaved rounds.
// npm run bench -- vrf

import { vrfNative } from '../../compute/crypto/vrf-native.ts'
import { vrfProve, vrfPublicKey, vrfVerify } from '../../protocol/crypto/ecvrf.ts'
import { Rounds } from './runtime/rounds.ts'

const ROUNDS = 15
const INPUTS = 20

const secret = new Uint8Array(32).fill(1)
const key = vrfPublicKey(secret)
// Several inputs, because how many tries the hash to the curve takes differs between them.
const alphas = Array.from({ length: INPUTS }, (_, i) => new Uint8Array(32).fill(i))
const proofs = alphas.map((alpha) => vrfProve(secret, alpha).proof)

/** Operations a second of processor time. */
function rate(run: (alpha: Uint8Array, proof: Uint8Array) => unknown): number {
  const startedAt = process.cpuUsage()
  for (const [i, alpha] of alphas.entries()) {
    if (!run(alpha, proofs[i] as Uint8Array)) throw new Error('a good proof was refused')
  }
  const { user, system } = process.cpuUsage(startedAt)
  return (INPUTS / (user + system)) * 1e6
}

const rounds = new Rounds()
await rounds.run(ROUNDS, {
  'verify native': () => rate((alpha, proof) => vrfNative.verify(key, alpha, proof)),
  'verify noble': () => rate((alpha, proof) => vrfVerify(key, alpha, proof)),
  'prove native': () => rate((alpha) => vrfNative.prove(secret, alpha)),
  'prove noble': () => rate((alpha) => vrfProve(secret, alpha)),
})
for (const what of ['verify', 'prove']) {
  const [native, noble] = [`${what} native`, `${what} noble`]
  const ms = (name: string) => (1000 / rounds.median(name)).toFixed(2)
  const times = rounds.ratio(native, noble).toFixed(1)
  console.log(`${what.padEnd(6)} ${ms(native)} ms native, ${ms(noble)} ms noble, ${times} times`)
}

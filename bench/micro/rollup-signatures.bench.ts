// What a validator pays for the signatures of a rollup batch: the aggregate with cached partial
// sums and with every key summed anew, by size of the batch and share of absent senders, against
// bare blst calls in the same run; and an ordinary signature for each absent sender. Microseconds
// of processor time a transfer, medians of interleaved rounds; the absent differ each time and
// the sums of cohorts were made before (a validator's steady state). One secret signs for all.
// npm run bench -- rollup-signatures

import blst from '@chainsafe/blst'
import { CohortKeys } from '../../compute/crypto/cohort-keys.ts'
import { verifyEd25519Native } from '../../compute/crypto/ed25519-native.ts'
import { KeyBook, keyBookPublicKeys } from '../../compute/crypto/key-book.ts'
import { makeKeys } from '../../compute/crypto/make-keys.ts'
import { prng } from '../../lib/prng.ts'
import { type Signers, signersOfIndices } from '../../protocol/rollup/signers.ts'
import { Rounds } from './runtime/rounds.ts'

const ROUNDS = 7
const COHORT = 4096
/** More than a batch takes, so that keys are not all in the processor's cache. */
const ACCOUNTS = 64 * COHORT
const SIZES = [4096, 16_384, 65_536]
const ABSENT_PERCENT = [0, 1, 5, 20]
const SEED = new Uint8Array(32).fill(3)
const digest = new Uint8Array(32).fill(7)
const random = prng('rollup-signatures')

const book = new KeyBook(SEED, keyBookPublicKeys(SEED, ACCOUNTS))
const cached = new CohortKeys(book, { sums: 'cached' })
const fresh = new CohortKeys(book, { sums: 'fresh' })
const objects = Array.from({ length: ACCOUNTS }, (_, i) =>
  blst.PublicKey.fromBytes(book.keyOf(i) as Uint8Array),
)

const compressedCohorts = 2
const short = Array.from({ length: compressedCohorts * COHORT }, (_, i) =>
  (objects[i] as blst.PublicKey).toBytes(),
)

interface Case {
  readonly indices: Uint32Array
  readonly signers: Signers
  readonly signature: Uint8Array
}

function makeCase(size: number, percent: number): Case {
  const first = random.below(ACCOUNTS / size) * size
  const there = [...new Array(size).keys()].filter(() => !random.chance(percent / 100))
  const indices = Uint32Array.from(there, (i) => first + i)
  return { indices, signers: signersOfIndices(indices), signature: book.cosign(indices, digest) }
}

/** Transfers a second of processor time; each check its own batch. */
function rate(size: number, percent: number, check: (one: Case) => boolean): number {
  const cases = Array.from({ length: Math.max(1, 16_384 / size) }, () => makeCase(size, percent))
  const startedAt = process.cpuUsage()
  for (const one of cases) if (!check(one)) throw new Error('a good aggregate was refused')
  const { user, system } = process.cpuUsage(startedAt)
  return ((cases.length * size) / (user + system)) * 1e6
}

const byCohorts = (keys: CohortKeys) => (one: Case) =>
  keys.verify(one.signers, digest, one.signature)

function bare({ indices, signature }: Case): boolean {
  const keys = Array.from(indices, (i) => objects[i] as blst.PublicKey)
  return blst.fastAggregateVerify(digest, keys, blst.Signature.fromBytes(signature), true)
}

// Steady state: every partial sum that batches with many absent senders need.
for (let i = 0; i < 3 * (ACCOUNTS / 65_536); i++) {
  const first = (i * 65_536) % ACCOUNTS
  const indices = Uint32Array.from({ length: 65_536 }, (_, n) => first + n)
  for (const percent of [0, 1, 5, 20]) {
    const there = indices.filter(() => !random.chance(percent / 100))
    cached.verify(signersOfIndices(there), digest, book.cosign(there, digest))
  }
}

const oneKey = objects[0] as blst.PublicKey
const oneSignature = book.cosign(Uint32Array.of(0), digest)
const ordinary = book.signTransfer(0, digest)
const spendKey = book.spendKeyOf(0) as Uint8Array

/** Calls a second of processor time. */
function calls(count: number, call: () => boolean): number {
  const startedAt = process.cpuUsage()
  for (let i = 0; i < count; i++) if (!call()) throw new Error('a good signature was refused')
  const { user, system } = process.cpuUsage(startedAt)
  return (count / (user + system)) * 1e6
}

/** Cohorts a second of processor time whose keys and sums are made ahead. */
function cohorts(keysOf: (first: number) => Uint8Array | undefined): number {
  const first = random.below(compressedCohorts) * COHORT
  return calls(1, () => makeKeys({ first, count: COHORT, keys: keysOf(first) }).length > 0)
}

const rounds = new Rounds()
const contestants: Record<string, () => number> = {
  pairing: () =>
    calls(10, () =>
      blst.verify(digest, oneKey, blst.Signature.fromBytes(oneSignature), false, true),
    ),
  'of the genesis': () => cohorts(() => undefined),
  'of 48 bytes': () => cohorts((first) => Buffer.concat(short.slice(first, first + COHORT))),
  ed25519: () => calls(200, () => verifyEd25519Native(spendKey, digest, ordinary)),
}
for (const size of SIZES) {
  for (const percent of ABSENT_PERCENT) {
    const name = `${size}/${percent}`
    contestants[`cached ${name}`] = () => rate(size, percent, byCohorts(cached))
    contestants[`fresh ${name}`] = () => rate(size, percent, byCohorts(fresh))
    contestants[`bare ${name}`] = () => rate(size, percent, bare)
  }
}
await rounds.run(ROUNDS, contestants)

const us = (name: string) => 1e6 / rounds.median(name)
const ed25519 = us('ed25519')
console.log(`one pairing check with group check ${us('pairing').toFixed(0)} µs`)
for (const kind of ['of the genesis', 'of 48 bytes']) {
  console.log(`keys and sums of a cohort, ${kind} ${(us(kind) / 1000).toFixed(1)} ms`)
}
console.log(`one ordinary signature (ed25519) ${ed25519.toFixed(1)} µs\n`)
console.log('µs a transfer    cached  fresh   bare   cached/bare fresh/bare   cached with ordinary')
for (const size of SIZES) {
  for (const percent of ABSENT_PERCENT) {
    const name = `${size}/${percent}`
    const [c, f, b] = ['cached', 'fresh', 'bare'].map((kind) => us(`${kind} ${name}`))
    const ratio = (kind: string) => (1 / rounds.ratio(`${kind} ${name}`, `bare ${name}`)).toFixed(2)
    const whole = (c as number) + (percent / 100) * ed25519
    const cells = [
      `${size}, ${percent} % absent`.padEnd(18),
      ...[c, f, b].map((value) => (value as number).toFixed(3)),
      ratio('cached').padStart(8),
      ratio('fresh').padStart(10),
      whole.toFixed(2).padStart(14),
    ]
    console.log(cells.join('  '))
  }
}
console.log(`\nkeys and sums held for ${ACCOUNTS} accounts: ${cached.bytesHeld >> 20} MiB`)

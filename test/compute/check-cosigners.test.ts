// Co-signatures of senders who each give their own: bad ones are found wherever they are, also if
// their sum is right, and the aggregate is of the others. Here and in the pool.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import {
  BAD_COSIGNERS_MAX,
  type CheckedCosigners,
  checkCosigners,
} from '../../compute/crypto/check-cosigners.ts'
import { KeyBook, keyBookPublicKeys } from '../../compute/crypto/key-book.ts'
import { signatureTasks } from '../../compute/pool/signature-tasks.ts'

const COUNT = 40
const SEED = new Uint8Array(32).fill(5)
const digest = new Uint8Array(32).fill(9)
const keys = keyBookPublicKeys(SEED, COUNT)
const book = new KeyBook(SEED, keys)
const all = Uint32Array.from({ length: COUNT }, (_, i) => i)
const good = book.cosignEach(all, digest)

const at = (bytes: Uint8Array, i: number) => bytes.subarray(96 * i, 96 * i + 96)
const indices = (without: readonly number[]) => all.filter((i) => !without.includes(i))

/** Each place gets the signature of another account, or bytes. */
function spoilt(places: Readonly<Record<number, number | Uint8Array>>): Uint8Array {
  const signatures = good.slice()
  for (const [place, by] of Object.entries(places)) {
    signatures.set(typeof by === 'number' ? at(good, by) : by, 96 * Number(place))
  }
  return signatures
}

test('what neighbours sign is what each would sign alone', () => {
  const some = Uint32Array.of(3, 4, 5, 9, 8, 20, 21)
  const signed = book.cosignEach(some, digest)
  for (const [i, index] of some.entries()) {
    const alone = blsNative.sign(book.secretKey(index), digest)
    assert.equal(at(signed, i), alone, `account ${index}`)
  }
})

test('all hold, none, some: those that do not are named, and the sum is of the others', () => {
  const rubbish = new Uint8Array(96).fill(0xff)
  const infinity = Uint8Array.from({ length: 96 }, (_, i) => (i === 0 ? 0xc0 : 0))
  const cases: [Record<number, number | Uint8Array>, number[]][] = [
    [{}, []],
    [{ 7: 8 }, [7]],
    // Exchanged, so that their sum is right.
    [{ 7: 8, 8: 7 }, [7, 8]],
    [{ 0: rubbish, 20: infinity, 39: 1 }, [0, 20, 39]],
  ]
  for (const [places, bad] of cases) {
    const found = checkCosigners({ keys, digest, signatures: spoilt(places) })
    assert.equal(found.bad, bad)
    assert.equal(found.signature, book.cosign(indices(bad), digest))
  }
  const other = checkCosigners({ keys, digest: new Uint8Array(32), signatures: good })
  assert.equal([other.bad.length, other.signature.length], [COUNT, 0])
  const unknown = checkCosigners({ keys: new Uint8Array(96), digest, signatures: at(good, 0) })
  assert.equal(unknown, { bad: [0], signature: new Uint8Array(0) })
})

test('of very many bad ones not all are looked for, and none is taken for good', () => {
  const few = BAD_COSIGNERS_MAX + 4
  const places = Array.from({ length: few }, (_, i) => i)
  const signatures = spoilt(Object.fromEntries(places.map((i) => [i, i + few])))
  const { bad, signature } = checkCosigners({ keys, digest, signatures })
  for (const place of places) assert.ok(bad.includes(place), `place ${place}`)
  const left = indices(bad)
  if (left.length > 0) assert.equal(signature, book.cosign(left, digest))
  else assert.is(signature.length, 0)
})

test('a thread of the pool says the same', async () => {
  const tasks = signatureTasks({ threads: 1 })
  const run = (signatures: Uint8Array) =>
    new Promise<CheckedCosigners>((ok, failed) =>
      tasks.start(
        'check-cosigners',
        { keys, digest, signatures },
        {
          ok: (found) => ok(found as CheckedCosigners),
          failed: (reason) => failed(new Error(reason)),
          chunk: () => {},
        },
      ),
    )
  try {
    while (tasks.handedOver === 0) {
      await run(good)
      await new Promise((done) => setTimeout(done, 50))
    }
    const signatures = spoilt({ 2: 3, 30: 31 })
    const found = await run(signatures)
    assert.equal(found, checkCosigners({ keys, digest, signatures }))
    assert.equal(found.bad, [2, 30])
  } finally {
    await tasks.stop()
  }
})

test.run()

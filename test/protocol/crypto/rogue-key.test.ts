// Rogue keys: why a validator's key is taken only with a proof of possession. A key made from
// another's would let its owner sign for both, and the proof is what he cannot make.

import { bls12_381 } from '@noble/curves/bls12-381.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { utf8 } from '../../../lib/bytes.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'

const { G1 } = bls12_381
const victimKey = new Uint8Array(32).fill(7)
const attackerKey = new Uint8Array(32).fill(9)
const victim = blsNative.publicKey(victimKey)

/** The attacker's own key minus the victim's: their sum is the attacker's own. */
function rogueKey(): Uint8Array {
  const own = G1.Point.fromBytes(blsNative.publicKey(attackerKey))
  return own.subtract(G1.Point.fromBytes(victim)).toBytes(true)
}

for (const [name, bls] of [
  ['native', blsNative],
  ['noble', blsNoble],
] as const) {
  test(`${name}: a rogue key signs for another, and has no proof of possession`, () => {
    const rogue = rogueKey()
    const message = utf8('a vote that the victim never cast')
    const alone = bls.sign(attackerKey, message)
    assert.ok(bls.verifyAggregate([victim, rogue], message, alone), 'the attack is real')
    const attempts = [
      bls.provePossession(attackerKey),
      bls.provePossession(victimKey),
      bls.sign(attackerKey, rogue),
      alone,
      new Uint8Array(96),
    ]
    for (const [i, proof] of attempts.entries()) {
      assert.not.ok(bls.verifyPossession(rogue, proof), `attempt ${i}`)
    }
    assert.ok(bls.verifyPossession(victim, bls.provePossession(victimKey)))
  })

  test(`${name}: a signature over the bytes of a key is no proof, and a proof is no vote`, () => {
    assert.not.ok(bls.verifyPossession(victim, bls.sign(victimKey, victim)))
    assert.not.ok(bls.verify(victim, victim, bls.provePossession(victimKey)))
  })
}

test.run()

// Who says that there are later epochs is believed only with others: a third of the validators may
// lie, and a liar must not keep a node "syncing" for ever.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Simplex } from '../../../protocol/consensus/simplex.ts'
import { simBls as bls, simVrf as vrf } from '../../sim/sim-crypto.ts'
import { rulesOf, validatorOf } from './rules-of.ts'

const key = (i: number) => `0x${String(i).repeat(96)}` as const
const validators = [0, 1, 2, 3].map((index) => validatorOf({ index, blsPublicKey: key(index) }))
const chain = { chainId: 1n, genesisHash: `0x${'11'.repeat(32)}` } as const

function follower() {
  const core = new Simplex({
    ...{ chain, bls, vrf, node: 'me', keys: undefined },
    peers: validators.map(({ index, blsPublicKey }) => ({ node: `v${index}`, blsPublicKey })),
    ...{ deltaMaxMs: 5000, emptyBlockIntervalMs: 2000, statusIntervalMs: 1000 },
    clockAheadMaxMs: 500,
  })
  const at = { hash: chain.genesisHash, height: 0, epoch: 0, view: 0, timestampMs: 0 }
  const following = { rules: rulesOf(0, validators), checkpoint: undefined }
  const final = { ...at, certificate: undefined }
  core.handle({ type: 'start', final, following, records: [], signedTo: undefined }, now)
  return core
}

const now = { now: 0, wall: 0 }

function claim(core: Simplex, from: string, epoch: number, finalHeight: number) {
  const message = { type: 'status', epoch, view: 1, finalHeight, final: undefined } as const
  return core.handle({ type: 'message', from, message }, now)
}

test('one that claims is not believed, two of four are, and a claim can be taken back', () => {
  const core = follower()
  assert.equal(claim(core, 'v0', 9, 1e12), [])
  assert.equal(claim(core, 'stranger', 9, 1e12), [])
  assert.is(core.view?.isBehind, false)
  const effects = claim(core, 'v1', 2, 700)
  assert.is(core.view?.isBehind, true)
  assert.ok(effects.some((one) => one.type === 'timer' && one.name === 'fetch'))
  claim(core, 'v1', 0, 0)
  assert.is(core.view?.isBehind, false)
})

test.run()

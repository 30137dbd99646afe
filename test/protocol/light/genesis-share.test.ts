// A chain whose genesis asks for another share of stake in BALANCED than the published third: who
// starts from the genesis holds its blocks to that share, in the first epochs too.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { BALANCED_STAKE_PUBLISHED } from '../../../protocol/consensus/epoch-rules.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import { provenShare, proveShare } from '../../../protocol/light/genesis-share.ts'
import { genesisState, type LightState } from '../../../protocol/light/light-state.ts'
import { verifyHeader } from '../../../protocol/light/verify-header.ts'
import { ProofError } from '../../../protocol/trie/trie-proof.ts'
import { CHAIN_ID, genesisJson, testGenesis } from '../chain-world.ts'
import { LightWorld, type Member } from './light-world.ts'

const json = { ...genesisJson(), params: { balancedStake: [1, 2] } }
const genesis = makeGenesis(readGenesis(json, blsNoble))
const authority = (id: number): Member => ({ id, stake: 10n, authority: true })
const members = [0, 1, 2, 3].map(authority).concat({ id: 10, stake: 60n, authority: false })
const plan = { mode: 1, members } as const
const world = new LightWorld([plan, plan], genesis)

test('the share is proved under the genesis, and nothing else is', () => {
  const proof = proveShare(genesis.tree)
  assert.equal(provenShare(genesis.block.header, proof), { numerator: 1n, denominator: 2n })
  const { header } = testGenesis().block
  assert.equal(provenShare(header, proveShare(testGenesis().tree)), BALANCED_STAKE_PUBLISHED)
  const isProofError = (error: Error) => error instanceof ProofError
  assert.throws(() => provenShare(header, proof), isProofError)
  assert.throws(() => provenShare(genesis.block.header, { ...proof, word: [] }), isProofError)
  for (const part of ['account', 'word'] as const) {
    for (const [i, node] of proof[part].entries()) {
      for (let at = 0; at < node.length; at += 7) {
        const changed = node.map((byte, j) => (j === at ? byte ^ 1 : byte))
        const nodes = proof[part].map((one, j) => (j === i ? changed : one))
        const forged = { ...proof, [part]: nodes }
        assert.throws(() => provenShare(genesis.block.header, forged), isProofError)
      }
    }
  }
})

test('a quorum of the published share is none where the genesis asks for more', () => {
  const { header } = world.genesis
  const code = (state: LightState, height: number, signers: number[]) => {
    const verdict = verifyHeader(state, world.proof(height, signers), blsNative)
    return verdict.ok ? verdict.level : verdict.code
  }
  assert.is(genesisState(CHAIN_ID, header, world.set(0)), undefined, 'the share is not assumed')
  // The four authorities have 40 % of the stake.
  const published = genesisState(CHAIN_ID, header, world.set(0), BALANCED_STAKE_PUBLISHED)
  if (!published) return assert.unreachable()
  for (const height of [1, 4]) {
    assert.is(code(published, height, [0, 1, 2, 3]), 'final')
    assert.is(code(world.start, height, [0, 1, 2, 3]), 'NO_QUORUM')
    assert.is(code(world.start, height, [0, 1, 2, 4]), 'final')
  }
})

test.run()

// The end of an epoch at a block-builder: what consensus is told of the next one, at once and
// after a restart in the middle of it, and the height that the stake has certified.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import { type Checkpoint, checkpointHash } from '../../../protocol/consensus/checkpoint.ts'
import type { EpochRules } from '../../../protocol/consensus/epoch-rules.ts'
import { decodeFollowing } from '../../../protocol/consensus/following.ts'
import { CHECKPOINT, voteDigest } from '../../../protocol/consensus/vote.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import {
  decide,
  GENESIS_SECONDS,
  sidecarOf,
  testConfig,
  testGenesis,
  validatorSecret,
} from '../../protocol/chain-world.ts'
import { ChainNode, stopChainNodes } from './chain-node.ts'

const genesis = testGenesis()
const LATE_MS = GENESIS_SECONDS * 1000 + 60_000

function certificateOf(checkpoint: Checkpoint): Uint8Array {
  const blockHash = checkpointHash(checkpoint)
  const { epoch } = checkpoint
  const digest = voteDigest(testConfig().chain, CHECKPOINT, epoch, 0, blockHash)
  const signers = [0, 1, 3]
  const votes = signers.map((index) => blsNoble.sign(validatorSecret(index), digest))
  const signature = blsNoble.aggregate(votes)
  return encodeCertificate({ kind: CHECKPOINT, epoch, view: 0, blockHash, signers, signature })
}

async function built(node: ChainNode, parent: Block, over: object, rules: EpochRules) {
  const decided = decide(parent, over, { ...genesis, rules })
  const { decoded, code } = await node.build(parent, true, decided)
  assert.ok(decoded, code)
  return decoded
}

test('an epoch ends, its checkpoint is signed, and the node restarts in between', async () => {
  const store = new MemoryStore()
  const before = new ChainNode('a', store)
  const begin = { rules: genesis.rules, checkpoint: undefined }
  assert.equal(decodeFollowing((await before.tip()).following), begin)
  const first = await built(before, genesis.block, {}, genesis.rules)
  assert.is((await before.finalise(first.hash)).following.length, 0)
  const boundary = await built(before, first, { timestampMs: LATE_MS }, genesis.rules)
  const news = await before.finalise(boundary.hash)
  const { rules, checkpoint: open } = decodeFollowing(news.following)
  assert.equal([rules.epoch, rules.startHeight, rules.startMs], [1, 3, LATE_MS])
  assert.ok(open)
  assert.equal([open.checkpoint.blockHash, open.checkpoint.height], [boundary.hash, 2])
  assert.equal([open.rules, open.certified], [genesis.rules, false])
  assert.equal((await before.tip()).following, news.following)

  const next = await built(before, boundary, {}, rules)
  await before.finalise(next.hash)
  await before.host.stop()
  const after = new ChainNode('a', store)
  const again = await after.tip()
  assert.equal([again.epoch, again.view, again.following], [1, 1, news.following])
  assert.is((await after.archive('Head', null)).checkpointHeight, 0)

  const checkpoint = certificateOf(open.checkpoint)
  const sidecar = sidecarOf(rules, 2, { proposer: 2, parentView: 1, checkpoint })
  const certified = await built(after, next, { sidecar }, rules)
  assert.equal(decodeSidecar(certified.sidecar).checkpoint, checkpoint)
  // A leader that does not know yet that it is on the chain does not spoil his block.
  const late = sidecarOf(rules, 3, { proposer: 3, parentView: 2, checkpoint })
  const trimmed = await built(after, certified, { sidecar: late }, rules)
  assert.is(bytesToHex(decodeSidecar(trimmed.sidecar).checkpoint), '0x')
  await after.finalise(trimmed.hash)
  assert.is((await after.archive('Head', null)).checkpointHeight, 2)
  const { checkpoint: certifiedNow } = decodeFollowing((await after.tip()).following)
  assert.equal(certifiedNow, { ...open, certified: true })
  assert.equal(after.errors, [])
})

test.after(stopChainNodes)
test.run()

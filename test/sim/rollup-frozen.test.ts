// An owner leaves without any sequencer: the base chain takes a forced withdrawal, nobody consumes
// it, the shard is frozen, and the record's proof, which every node gives, is paid out.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ShardMessages } from '../../actors/messages/shard.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { EXIT_INDEX, FREEZE_AFTER_BLOCKS } from '../../protocol/params.ts'
import {
  encodeExitFrozen,
  encodeForceTransfer,
  encodeFreeze,
} from '../../protocol/rollup/rollup-calls.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import type { World } from '../../runtime/sim/world.ts'
import { startRollup } from './rollup/rollup-cluster.ts'
import { NODES } from './rollup/rollup-nodes.ts'
import { answer, Owner } from './rollup/rollup-owner.ts'

const PAYER = 7
const SETTLED_MS = 12_000

function head(world: World, node: string) {
  const { edge } = world.host(node) ?? {}
  return answer(world, edge?.ask(ShardMessages, node, 'Head', null, { within: 1000 }))
}

async function proofOf(world: World, node: string, index: number) {
  const { edge } = world.host(node) ?? {}
  const asked = edge?.ask(
    ShardMessages,
    node,
    'AccountProof',
    { index, settled: false },
    { within: 1000 },
  )
  const found = await answer(world, asked)
  if (!found) throw new Error(`${node} has no proof`)
  return found
}

test('forced, not served, frozen, and paid by the proof of the last stated root', async () => {
  const sequencing = { isOn: true }
  const habits = ['honest', 'honest', 'honest', 'honest'] as const
  const { world } = startRollup('frozen', NO_FAULTS, { habits, sequencing })
  world.runFor(4000)
  world.crash('senders')
  world.runFor(2000)
  sequencing.isOn = false
  for (const node of NODES) {
    world.crash(node)
    world.start(node)
  }
  world.runFor(4000)
  const { number, stateRoot } = await head(world, 'v0')
  assert.ok(number > 10, `${number} batches before`)

  const owner = new Owner(world)
  await owner.send(encodeForceTransfer(PAYER, EXIT_INDEX, 5n))
  const from = (await head(world, 'v0')).height
  while ((await head(world, 'v0')).height <= from + FREEZE_AFTER_BLOCKS) world.runFor(10_000)
  await owner.send(encodeFreeze(0))
  for (const node of NODES) {
    const { frozen, number: stands } = await head(world, node)
    assert.equal([frozen, stands], [true, number])
  }
  world.crash('v1')
  world.start('v1')
  world.runFor(SETTLED_MS)

  const { record, proof, stateRoot: root } = await proofOf(world, 'v1', PAYER)
  assert.is(root, stateRoot)
  assert.equal((await proofOf(world, 'v0', PAYER)).proof, proof)
  const units = new DataView(record.buffer, record.byteOffset).getBigUint64(0, true)
  assert.ok(units > 0n)
  const path = Uint8Array.from(proof.flatMap((node: Hex) => [...hexToBytes(node)]))
  const before = await owner.held()
  await owner.send(encodeExitFrozen(PAYER, bytesToHex(record), path))
  assert.is(before - (await owner.held()), units * 10n ** 9n)
  await owner.send(encodeExitFrozen(PAYER, bytesToHex(record), path))
  assert.is(before - (await owner.held()), units * 10n ** 9n, 'once')
})

test.run()

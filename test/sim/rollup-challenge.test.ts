// Three of four validators order a claim that is false. The fourth has executed its batch, does not
// follow it, proves it false with what the three tell of it, and challenges it on their own chain:
// the shard goes back, and the liar pays. Where they tell nothing, nothing can be proved, and the
// fourth stands still.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { BlockBuilderMessages } from '../../actors/messages/block-builder.ts'
import { ShardMessages } from '../../actors/messages/shard.ts'
import { decodeLog } from '../../protocol/abi/event.ts'
import { ROLLUP_ADDRESS } from '../../protocol/params.ts'
import { CHALLENGED } from '../../protocol/rollup/rollup-abi.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import type { World } from '../../runtime/sim/world.ts'
import { colluderShard, Plot, type PlottedLie } from './rollup/colluder-shard.ts'
import { OWNER, OWNER_SECRET } from './rollup/rollup-chain.ts'
import { startRollup } from './rollup/rollup-cluster.ts'
import { NODES } from './rollup/rollup-nodes.ts'
import { answer } from './rollup/rollup-owner.ts'
import { validatorKey } from './sim-chain.ts'
import { simSecp256k1 } from './sim-crypto.ts'

const WITHIN = { within: 1000 }
const HONEST = 'v0'
const HABITS = ['honest', 'honest', 'honest', 'honest'] as const
const KEY = { chainId: 1337n, address: OWNER, secretKey: OWNER_SECRET, secp256k1: simSecp256k1 }

function edgeOf(world: World, node: string) {
  const { edge } = world.host(node) ?? {}
  if (!edge) throw new Error(`${node} is down`)
  return edge
}

const head = (world: World, node: string) =>
  answer(world, edgeOf(world, node).ask(ShardMessages, node, 'Head', null, WITHIN))
const dispute = (world: World) =>
  answer(world, edgeOf(world, HONEST).ask(ShardMessages, HONEST, 'Dispute', null, WITHIN))
const stands = (world: World, node: string) => {
  const body = { shard: 0, generation: 0 }
  return answer(world, edgeOf(world, node).ask(BlockBuilderMessages, node, 'Rollup', body, WITHIN))
}
const balance = async (world: World) => {
  const body = { address: OWNER }
  const asked = edgeOf(world, HONEST).ask(ArchiveMessages, HONEST, 'Account', body, WITHIN)
  return (await answer(world, asked)).balance
}

async function verdicts(world: World) {
  const { height } = await stands(world, HONEST)
  const topics = [[CHALLENGED.topic]]
  const body = { fromHeight: 1, toHeight: height, addresses: [ROLLUP_ADDRESS], topics }
  const asked = edgeOf(world, HONEST).ask(ArchiveMessages, HONEST, 'Logs', body, WITHIN)
  const { logs } = await answer(world, asked)
  return logs.map((log) => decodeLog(CHALLENGED, log))
}

/** Runs until the lie is final on the base chain, and for a while. */
function plotted(kind: PlottedLie, from: number) {
  const plot = new Plot(kind, from)
  const { world } = startRollup(`challenge ${kind}`, NO_FAULTS, {
    habits: HABITS,
    sequencing: { not: HONEST },
    shardAt: (node) =>
      node === HONEST ? undefined : colluderShard(plot, validatorKey(NODES.indexOf(node))),
    challengerAt: (node) => (node === HONEST ? KEY : undefined),
  })
  world.runFor(9000)
  if (!plot.lie) throw new Error('nobody has lied')
  return { world, lie: plot.lie }
}

for (const kind of ['false-trace', 'false-root', 'false-exit'] as const) {
  test(`a ${kind} that a quorum has ordered is proved by the one who has executed it`, async () => {
    const { world, lie } = plotted(kind, 4)
    const found = await dispute(world)
    assert.equal([found?.number, found?.hash, found?.state], [lie.number, lie.hash, 'SENT'])
    const judged = await verdicts(world)
    const said = judged.map(({ indexed, data }) => [indexed[1], indexed[2], data[0], data[2]])
    assert.equal(said, [[BigInt(lie.number), OWNER, true, found?.sequencer]], 'upheld, once')
    for (const node of NODES) {
      const { frozen, number } = await stands(world, node)
      assert.equal([frozen, number < lie.number], [true, true])
    }
    const others = await stands(world, 'v1')
    const { frozen, number, height } = await head(world, HONEST)
    assert.equal([frozen, number], [true, (await stands(world, HONEST)).number])
    assert.ok(height >= others.height, 'and it follows the chain')
    // The bond is back, and a twentieth of what the liar lost is more than the fees.
    assert.ok((await balance(world)) > 10n ** 21n)
  })
}

test('nothing behind a false root: who executes stands still, and loses no bond', async () => {
  const { world, lie } = plotted('withheld-root', 3)
  const found = await dispute(world)
  assert.equal([found?.number, found?.code, found?.detail], [lie.number, 'BAD_CLAIM', 'stateRoot'])
  assert.is(found?.state, 'WITHHELD')
  assert.is((await head(world, HONEST)).number, lie.number - 1)
  assert.is(await balance(world), 10n ** 21n)
  const { height } = await stands(world, HONEST)
  world.crash(HONEST)
  world.start(HONEST)
  world.runFor(6000)
  assert.is((await head(world, HONEST)).number, lie.number - 1, 'after a start, too')
  assert.is((await dispute(world))?.hash, lie.hash)
  assert.ok((await stands(world, HONEST)).height > height, 'and it follows the chain')
})

test.run()

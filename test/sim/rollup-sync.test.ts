// A shard that lacks batches which every peer has deleted takes up a settled state from them, page
// by page, against the root that the chain has, whatever some of them send, and then executes what
// follows: on the same roots as the others.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ShardMessages } from '../../actors/messages/shard.ts'
import { readPruned } from '../../actors/shard/checkpoint-rows.ts'
import { ShardActor } from '../../actors/shard/shard.ts'
import type { ShardProps } from '../../actors/shard/shard-props.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { hashPairsNoble } from '../../protocol/crypto/hash-pairs.ts'
import { EXIT_INDEX } from '../../protocol/params.ts'
import { encodeForceTransfer } from '../../protocol/rollup/rollup-calls.ts'
import { decodeMeta, stateRootOf } from '../../protocol/rollup/state-root.ts'
import { rootOfProof } from '../../protocol/rollup/transfer-tree.ts'
import { type Actor, actor } from '../../runtime/actor.ts'
import type { Body } from '../../runtime/messages.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import type { World } from '../../runtime/sim/world.ts'
import type { Store } from '../../runtime/store.ts'
import { startRollup } from './rollup/rollup-cluster.ts'
import { answer, Owner } from './rollup/rollup-owner.ts'

type Liar = Actor<(typeof ShardMessages)['verbs'], ShardProps>

const WITHIN = { within: 1000 }
const PAYER = 7
const HABITS = ['honest', 'honest', 'honest', 'honest'] as const
/** Checkpoints are as old as the challenge of a root lasts, and batches go at once. */
const KEEPING = { settledSeconds: 10, batches: 4, batchesMin: 4 }

const flipped = (bytes: Uint8Array): Uint8Array => {
  const other = Uint8Array.from(bytes)
  if (other.length > 0) other[other.length >>> 1] = (other[other.length >>> 1] as number) ^ 1
  return other
}

/** A peer of which what it serves is wrong by a bit. */
const liar: Liar = actor({
  ...ShardActor,
  setup(ctx, props: ShardProps) {
    const honest = ShardActor.setup(ctx, props)
    return {
      ...honest,
      Claims: (from, reply) =>
        honest.Claims(from, ({ code, claims }) => {
          reply({ code, claims: claims.map((one, i) => (i === 1 ? flipped(one) : one)) })
        }),
      CheckpointTree: (of, reply) =>
        honest.CheckpointTree(of, (tree) => reply({ ...tree, roots: flipped(tree.roots) })),
      ExitProof: (of, reply) =>
        honest.ExitProof(of, (found) => reply(found && { ...found, amount: found.amount + 1n })),
    }
  },
})

/** One that is right in all but the pages. */
const forger: Liar = actor({
  ...ShardActor,
  setup(ctx, props: ShardProps) {
    const honest = ShardActor.setup(ctx, props)
    return {
      ...honest,
      CheckpointPages: (of, reply) =>
        honest.CheckpointPages(of, ({ code, pages }) => reply({ code, pages: pages.map(flipped) })),
    }
  },
})

function setUp(seed: string) {
  const loads: { number: number; root: string; host: string }[] = []
  const { world } = startRollup(seed, NO_FAULTS, {
    habits: HABITS,
    keeping: KEEPING,
    shardAt: (node) => (node === 'v0' ? liar : node === 'v2' ? forger : undefined),
    onLog: ({ host, event, fields }) => {
      if (event === 'shard-loaded') loads.push({ ...fields, host } as never)
    },
  })
  const gone = (node: string) => {
    const platter = world.platter(node, 'shards')
    const get = (table: string, key: Uint8Array) => platter.table(table).get(key)
    return readPruned({ get } as unknown as Store, 0).number
  }
  const loaded = (node: string) => loads.filter(({ host }) => host === node).at(-1)
  /** Starts nodes again, and says what they load. */
  const again = (nodes: readonly string[], ms: number) => {
    loads.length = 0
    for (const node of nodes) {
      world.crash(node)
      world.start(node)
    }
    world.runFor(ms)
  }
  return { world, gone, loaded, again }
}

/** Of an exit before the checkpoint it knows what its peers know, and nothing that one of them forges. */
async function checkExits(world: World): Promise<void> {
  const ask = async <N extends 'ExitsOf' | 'ExitProof' | 'Head'>(
    node: string,
    verb: N,
    body: Body<(typeof ShardMessages)['verbs'], N>,
  ) => {
    const edge = world.host(node)?.edge
    if (!edge) throw new Error(`${node} is down`)
    return await answer(world, edge.ask(ShardMessages, node, verb, body, WITHIN))
  }
  const { missedFrom, missedTo } = await ask('v3', 'Head', null)
  const wanted = { index: PAYER, near: false }
  const [exit, ...others] = await ask('v3', 'ExitsOf', wanted)
  assert.ok(exit && missedFrom === 1 && exit.number <= missedTo, `${missedFrom} to ${missedTo}`)
  if (!exit) return
  assert.equal([exit, ...others], await ask('v1', 'ExitsOf', wanted))
  assert.equal(await ask('v3', 'ExitsOf', { ...wanted, near: true }), [])
  const { number, position } = exit
  const place = { shard: 0, number, position, near: false }
  assert.is(await ask('v3', 'ExitProof', { ...place, near: true }), undefined)
  const honest = await ask('v1', 'ExitProof', place)
  assert.is(honest?.amount, 5n)
  for (let i = 0; i < 4; i++) assert.equal(await ask('v3', 'ExitProof', place), honest)
  assert.is(await ask('v3', 'ExitProof', { ...place, position: position + 1 }), undefined)
}

/** The node that took up a checkpoint proves accounts against its root. */
async function checkSettled(world: World): Promise<void> {
  const body = { index: 5, settled: true }
  const asked = world.host('v3')?.edge.ask(ShardMessages, 'v3', 'AccountProof', body, WITHIN)
  world.runFor(100)
  const found = await asked
  assert.ok(found && found.number > 0)
  const { record, proof, meta, treeRoot, stateRoot } = found
  const siblings = hexToBytes(`0x${proof.map((node) => node.slice(2)).join('')}`)
  const size = 2 ** (decodeMeta(meta)?.depth ?? 0)
  const root = rootOfProof(record, 5, size, siblings, hashPairsNoble)
  assert.is(root && bytesToHex(root), treeRoot)
  assert.is(bytesToHex(stateRootOf(hexToBytes(treeRoot), meta)), stateRoot)
}

test('a shard without its disk, and a node that comes late, end on the roots of the others', async () => {
  const { world, gone, loaded, again } = setUp('sync-b')
  world.runFor(1000)
  await new Owner(world).send(encodeForceTransfer(PAYER, EXIT_INDEX, 5n))
  world.crash('v3')
  world.runFor(2000)
  // The last root is settled, and has its checkpoint; then some more follows.
  world.crash('senders')
  world.runFor(12_500)
  world.start('senders')
  world.runFor(2500)
  world.crash('senders')
  world.runFor(500)
  assert.ok(gone('v0') > 5 && gone('v1') > 5, `${gone('v0')} and ${gone('v1')} are gone`)
  const marks = (name: string) => world.marks.get(name) ?? 0
  // It has missed all blocks, and executes them without the batches.
  for (const disk of ['chain', 'shards', 'sign']) world.platter('v3', disk).wipe()
  world.start('v3')
  world.runFor(4500)
  assert.ok(marks('check-without-batches') > 0)
  assert.is(marks('shard-synced'), 1)
  // The chain is there, the shard is not.
  world.platter('v3', 'shards').wipe()
  again(['v3'], 3000)
  assert.is(marks('shard-synced'), 2)
  assert.ok(marks('shard-sync-liar') > 0)
  again(['v1', 'v3'], 1500)
  const [one, other] = [loaded('v1'), loaded('v3')]
  assert.ok(one && other)
  assert.ok(one.number > gone('v1'))
  assert.is(other.number, one.number)
  assert.is(other.root, one.root)
  await checkSettled(world)
  await checkExits(world)
})

test.run()

// A large chain at a node's start: it is loaded a slice a turn, the node's other actors answer
// meanwhile, and what was asked of the block-builder waits for it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { STASH_MAX } from '../../../config/limits.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { realClock } from '../../../runtime/real-ports.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { sign, testGenesis, WALLETS } from '../../protocol/chain-world.ts'
import { ChainNode, stopChainNodes } from './chain-node.ts'

const EACH = 16
/** More than a slice takes. */
const LOOK_MS = 20
const LONG_MS = 3_600_000

async function grown(): Promise<{ store: MemoryStore; last: Block }> {
  const store = new MemoryStore()
  const node = new ChainNode('a', store)
  const sent = WALLETS.flatMap((from, i) =>
    Array.from({ length: EACH }, (_, nonce) => {
      const to = `0x${(EACH * i + nonce + 1).toString(16).padStart(40, '0')}` as const
      return sign(from, { nonce, to })
    }),
  )
  await node.submit(sent)
  const { decoded, code } = await node.build(testGenesis().block)
  assert.is(decoded?.transactions.length, EACH * WALLETS.length, code)
  const last = decoded as Block
  await node.finalise(last.hash)
  await node.host.stop()
  return { store, last }
}

/** Every look at the clock finds another slice over, until `isSlow` is taken back. */
function slowNode(store: MemoryStore) {
  const machine = { isSlow: true }
  let late = 0
  const now = () => {
    if (machine.isSlow) late += LOOK_MS
    return realClock.now() + late
  }
  const lines: string[] = []
  const node = new ChainNode('a', store, [], {
    clock: { ...realClock, now },
    log: ({ event, level }) => lines.push(level === 'error' ? `error ${event}` : event),
  })
  return { node, machine, lines }
}

test('the archive answers while the chain is loaded; what the builder was asked waits', async () => {
  const { store, last } = await grown()
  const { node, machine, lines } = slowNode(store)
  const answered: string[] = []
  const tip = node.tip(LONG_MS).then((found) => {
    answered.push('tip')
    machine.isSlow = false
    return found
  })
  const head = await node.archive('Head', null)
  answered.push('head')
  assert.is(head.hash, last.hash)
  assert.not.ok(lines.includes('chain-loaded'))
  assert.is((await tip).hash, last.hash)
  assert.equal(answered, ['head', 'tip'])
  assert.ok(lines.indexOf('chain-loading') >= 0)
  assert.ok(lines.indexOf('chain-loaded') > lines.indexOf('chain-loading'))
  const [from] = WALLETS
  await node.submit([sign(from as (typeof WALLETS)[number], { nonce: EACH })])
  const next = await node.build(last)
  assert.is(next.decoded?.transactions.length, 1)
  assert.is((await node.finalise(next.decoded?.hash as Block['hash'])).height, 2)
})

test('more questions than may be put aside harm nobody: the last ones are not answered', async () => {
  const { store, last } = await grown()
  const { node, machine, lines } = slowNode(store)
  const asked = Array.from({ length: STASH_MAX + 10 }, () => node.tip(LONG_MS))
  let answers = 0
  const ends = asked.map((one) =>
    one.then(
      () => answers++,
      () => {},
    ),
  )
  await Promise.all(asked.slice(0, STASH_MAX))
  machine.isSlow = false
  assert.is((await node.tip()).hash, last.hash)
  assert.is(answers, STASH_MAX)
  assert.equal(
    lines.filter((line) => line.startsWith('error')),
    [],
  )
  await node.host.stop()
  await Promise.all(ends)
})

test.after(stopChainNodes)

test.run()

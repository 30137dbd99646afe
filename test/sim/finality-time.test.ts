// How long finality takes when nothing but the network and the disks takes time: the actors of
// production on a quiet simulated network of 25 ms one-way. A wait that nobody needs shows here,
// whatever else the machine does.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { MempoolMessages } from '../../actors/messages/mempool.ts'
import { nothing } from '../../lib/schema.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import { signTransaction } from '../../protocol/transaction/encode-transaction.ts'
import { actor } from '../../runtime/actor.ts'
import { messages, tell } from '../../runtime/messages.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { person, personKey } from './sim-chain.ts'
import { startCluster } from './sim-cluster.ts'
import { simSecp256k1 } from './sim-crypto.ts'

const DELAY_MS = 25
const FIRST_MS = 3000
const RUN_MS = 10_000
/** A transfer that just missed a block waits for the next one. */
const LONGEST_MS = 4 * DELAY_MS + 130

/** Sends to the first node at random times and hears from its archive; adds each time to `times`. */
const Client = actor({
  messages: messages('transfer-person', 1, { Nothing: tell(nothing) }),
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, { gapMs, times }: { readonly gapMs: number; readonly times: number[] }) {
    const sentAt = new Map<string, number>()
    const send = (nonce: number) => {
      const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n, gasLimit: 21_000 }
      const what = { to: person(1), value: 1n, data: new Uint8Array(0), accessList: [] }
      const all = { type: 2, chainId: 1337n, nonce, ...fees, ...what } as const
      const raw = signTransaction(all, personKey(0), simSecp256k1)
      sentAt.set(keccakHex(raw), ctx.now())
      ctx.ask(
        MempoolMessages,
        'v0',
        'Submit',
        { transactions: [raw] },
        {
          within: 1000,
          ok: ([verdict]) => assert.is(verdict?.code, ''),
          failed: () => assert.unreachable('the mempool answers'),
        },
      )
      ctx.after('send', 1 + ctx.random(2 * gapMs), () => send(nonce + 1))
    }
    const follow = (height: number) => {
      ctx.ask(
        ArchiveMessages,
        'v0',
        'BlocksAfter',
        { height, max: 8 },
        {
          within: 20_000,
          failed: () => follow(height),
          ok: (blocks) => {
            for (const raw of blocks.flatMap(({ block }) => decodeBlock(block).transactions)) {
              const at = sentAt.get(keccakHex(raw))
              // The client's own way there and back is not the cluster's.
              if (at !== undefined) times.push(ctx.now() - at - 2 * DELAY_MS)
            }
            follow(height + blocks.length)
          },
        },
      )
    }
    ctx.after('send', FIRST_MS, () => send(0))
    follow(0)
    return { Nothing() {} }
  },
})

function finalityTimes(gapMs: number): number[] {
  const network = { ...NO_FAULTS.network, latencyMinMs: DELAY_MS, latencyTailMs: 0 }
  const { world } = startCluster(`finality/${gapMs}`, { ...NO_FAULTS, network })
  for (const node of ['people', 'market', 'gpu']) world.crash(node)
  const times: number[] = []
  world.addNode('client', (host) => host.spawn(Client, 'p0', { gapMs, times }))
  world.runFor(RUN_MS)
  assert.is(world.marks.get('nullified-view') ?? 0, 0)
  return times.sort((a, b) => a - b)
}

const at = (times: readonly number[], share: number) =>
  times[Math.ceil(share * times.length) - 1] as number

test('an idle chain: to the leader, proposal, two votes, and hardly more', () => {
  const times = finalityTimes(500)
  assert.ok(times.length >= 8, `${times.length} final`)
  assert.ok(at(times, 0.5) < 4 * DELAY_MS + 15, `p50 ${at(times, 0.5)} ms`)
  assert.ok(at(times, 1) < LONGEST_MS, `longest ${at(times, 1)} ms`)
})

test('a busy chain: that, and the rest of a block time', () => {
  const times = finalityTimes(40)
  assert.ok(times.length >= 100, `${times.length} final`)
  assert.ok(at(times, 0.5) < 4 * DELAY_MS + 75, `p50 ${at(times, 0.5)} ms`)
  assert.ok(at(times, 1) < LONGEST_MS, `longest ${at(times, 1)} ms`)
})

test.run()

// Credits of a parcel whose batch the own node has no more come from peers, only the right ones.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Arrivals } from '../../../actors/shard/arrivals.ts'
import { ClaimLine } from '../../../actors/shard/claim-line.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { Outgoing, outgoingRoot } from '../../../protocol/rollup/outgoing.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import type { Context } from '../../../runtime/context.ts'

interface Reply {
  readonly found: boolean
  readonly gone: boolean
  readonly leaves: Uint8Array
}

test('the own source first, then peers until one says what the root is over', () => {
  const box = new Outgoing()
  box.add(5000, 1, 7, 0, 3, 0)
  const words = box.leaves()
  const root = bytesToHex(outgoingRoot(words, new MerkleTree(hashPairsNoble)))
  const right = new Uint8Array(words.buffer)
  const wrong = Uint8Array.from(right, (byte, i) => (i === 8 ? 8 : byte))
  const asked: string[] = []
  let blamed = 0
  const none = new Uint8Array(0)
  const answers: Reply[] = [
    { found: false, gone: false, leaves: none },
    { found: false, gone: true, leaves: none },
    { found: true, gone: false, leaves: wrong },
    { found: true, gone: false, leaves: right.subarray(0, 31) },
    { found: true, gone: false, leaves: right },
  ]
  const context = {
    wallTime: () => 1_000_000,
    random: () => 0,
    reached: () => {},
    blame: () => blamed++,
    after: (_: string, __: number, run: () => void) => run(),
    ask: (_: unknown, key: string, __: string, ___: unknown, out: { ok: unknown }) => {
      asked.push(key)
      const ok = out.ok as (reply: Reply) => void
      ok(answers.shift() as Reply)
    },
  }
  const state = new ShardState({ shard: 0, shards: 2 })
  const line = new ClaimLine(state, { number: 0, hash: `0x${'00'.repeat(32)}` })
  const peers = ['a', 'b'].map((node) => ({ node, blsPublicKey: '0x' }))
  const props = {
    node: 'a',
    shard: 0,
    config: { shards: 2 },
    peers,
    ports: { hashPairs: hashPairsNoble },
  }
  const arrivals = new Arrivals(
    context as unknown as Context,
    props as unknown as ShardProps,
    line,
    () => {},
  )
  arrivals.start([{ source: 1, number: 9, credits: 1, root, from: 0 }], [0, 0])
  assert.equal(asked, ['a.1', 'a.1', 'b.1', 'b.1', 'b.1'])
  assert.is(blamed, 2)
  const [parcel] = arrivals.takeable()
  assert.equal([...(parcel?.leaves ?? [])], [...words])
})

test.run()

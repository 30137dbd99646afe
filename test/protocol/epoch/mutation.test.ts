// The last block of an epoch, every byte of it: a change anywhere is refused, for it decides who
// votes next. And blocks as large as the rules allow, by bytes as by gas.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Block, decodeBlock, encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import type { SentTransaction } from '../../../protocol/execution/execute-transactions.ts'
import { validateBlock } from '../../../protocol/execution/validate-block.ts'
import { BLOCK_BYTES_MAX } from '../../../protocol/params.ts'
import { sign, WALLETS, type Wallet } from '../chain-world.ts'
import { EpochWorld, specOf } from './epoch-world.ts'

const [ann] = WALLETS as [Wallet]

test('any changed byte of a boundary block is refused', () => {
  const world = new EpochWorld()
  world.epoch()
  world.step()
  // A long step, so that every bit of the time that can be flipped leaves the epoch ended by time.
  const { config, tree, block: parent } = world
  const step = {
    timestampMs: world.rules.startMs + world.rules.epochMs + 1234,
    sidecar: { participation: world.participation(1), checkpoint: world.checkpoint() },
  }
  const built = world.build(step)
  assert.ok(built.ok)
  assert.ok(validateBlock(config, parent, tree, built.block, []).ok)
  const bytes = encodeBlock(built.block)
  const codes = new Set<string>()
  for (let i = 0; i < bytes.length; i++) {
    const changed = Uint8Array.from(bytes)
    changed[i] = (changed[i] as number) ^ (1 << (i % 8))
    let block: Block
    try {
      block = decodeBlock(changed)
    } catch {
      continue
    }
    const verdict = validateBlock(config, parent, tree, block, [])
    assert.not(verdict.ok, `byte ${i}`)
    if (!verdict.ok) codes.add(verdict.code)
  }
  for (const code of ['WRONG_VRF', 'BAD_PARTICIPATION', 'BAD_CHECKPOINT', 'WRONG_HEADER']) {
    assert.ok(codes.has(code), code)
  }
})

test('a block ends at its limit of bytes, and a longer one is refused', () => {
  const world = new EpochWorld(specOf({ mode: 2 }))
  const data = new Uint8Array(120_000)
  const sent: SentTransaction[] = []
  for (let nonce = 0; nonce < 40; nonce++) {
    sent.push(sign(ann, { nonce, data, gasLimit: 2_000_000 }))
  }
  const built = world.build({ sent })
  assert.ok(built.ok)
  const { block, executed } = built
  const bytes = block.transactions.reduce((sum, raw) => sum + raw.length, 0)
  assert.ok(bytes <= BLOCK_BYTES_MAX && bytes > BLOCK_BYTES_MAX - 121_000, `${bytes} bytes`)
  const { config, tree, block: parent } = world
  assert.ok(validateBlock(config, parent, tree, block, executed.included).ok)
  const more = sent.slice(0, executed.included.length + 1)
  const longer = makeBlock(
    block.header,
    more.map(({ transaction }) => transaction.raw),
    block.sidecar,
  )
  const verdict = validateBlock(config, parent, tree, longer, more)
  assert.equal(verdict.ok ? [] : [verdict.code, verdict.detail], [
    'BAD_TRANSACTION',
    `BLOCK_FULL at ${executed.included.length}`,
  ])
})

test.run()

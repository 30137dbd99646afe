// Bare consensus cores against each other in memory, with blocks that hold nothing: frames are
// lost, delayed and doubled, validators are missing, and there is still one chain, and it grows.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import { packExtraData } from '../../../protocol/block/extra-data.ts'
import { sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { readBlockNode } from '../../../protocol/consensus/block-tree.ts'
import { decodeMessage } from '../../../protocol/consensus/consensus-message.ts'
import { Simplex } from '../../../protocol/consensus/simplex.ts'
import type { SimplexEffect, SimplexEvent } from '../../../protocol/consensus/simplex-types.ts'
import type { Validator } from '../../../protocol/consensus/validator-set.ts'
import { withClaims } from '../../../protocol/execution/sidecar-claims.ts'
import { Timeline } from '../../../runtime/sim/timeline.ts'
import { simBls as bls, simVrf as vrf } from '../../sim/sim-crypto.ts'
import { rulesOf, validatorOf, zeros } from './rules-of.ts'

type Build = Extract<SimplexEffect, { type: 'build' }>
interface Final {
  readonly hash: Hex
  readonly block: Uint8Array
  readonly certificate: Uint8Array
}

const WALL = 1_700_000_000_000
const GENESIS = `0x${'11'.repeat(32)}` as const
const NONE = new Uint8Array(0)

/** With a claim that nobody here reads. */
function blockOf(asked: Build, height: number) {
  const { view, parent, timestampMs, randomness } = asked
  const sidecar = withClaims(asked.sidecar, [{ claim: Uint8Array.of(1) }])
  const extraData = packExtraData({ mode: 0, epoch: 0, view, ms: timestampMs % 1000 })
  const roots = { stateRoot: zeros(32), transactionsRoot: zeros(32), receiptsRoot: zeros(32) }
  const header = {
    ...{ parentHash: parent, ommersHash: zeros(32), coinbase: zeros(20), ...roots },
    ...{ logsBloom: zeros(256), difficulty: 0n as const, height, gasLimit: 1, gasUsed: 0 },
    ...{ timestamp: Math.floor(timestampMs / 1000), extraData, mixHash: randomness },
    ...{ nonce: zeros(8), baseFeePerGas: 7n, withdrawalsRoot: zeros(32), blobGasUsed: 0 },
    ...{ excessBlobGas: 0, requestsHash: zeros(32), parentBeaconBlockRoot: sidecarRoot(sidecar) },
  }
  return encodeBlock(makeBlock(header, [], sidecar))
}

/** Hears nothing until a time, and then takes a block only once the one before it is final. */
interface Late {
  readonly index: number
  readonly fromMs: number
}

class Cluster {
  readonly finals = new Map<number, Final[]>()
  private readonly time: Timeline
  private readonly random
  private readonly cores = new Map<number, Simplex>()
  private readonly timers = new Map<string, () => void>()
  private readonly loss: number
  private readonly late: Late | undefined

  constructor(seed: string, n: number, down: readonly number[], loss: number, late?: Late) {
    this.late = late
    this.random = prng(seed)
    this.time = new Timeline(this.random)
    this.loss = loss
    const keys = Array.from({ length: n }, (_, i) => new Uint8Array(32).fill(i + 1))
    const validators = keys.map((key, index) =>
      validatorOf({ index, blsPublicKey: bytesToHex(bls.publicKey(key)) }),
    )
    const rules = rulesOf(0, validators)
    for (const [index, secretKey] of keys.entries()) {
      if (down.includes(index)) continue
      const { blsPublicKey } = validators[index] as Validator
      const core = new Simplex({
        ...{ bls, vrf, node: `v${index}` },
        peers: validators.map((one) => ({ node: `v${one.index}`, blsPublicKey: one.blsPublicKey })),
        keys: { blsPublicKey, secretKey, vrfSecretKey: secretKey },
        chain: { chainId: 1n, genesisHash: GENESIS },
        ...{ deltaMaxMs: 5000, emptyBlockIntervalMs: 100, statusIntervalMs: 1000 },
        clockAheadMaxMs: 500,
      })
      this.cores.set(index, core)
      this.finals.set(index, [])
      const genesis = { hash: GENESIS, height: 0, epoch: 0, view: 0, timestampMs: WALL }
      const following = { rules, checkpoint: undefined }
      const final = { ...genesis, certificate: undefined }
      this.time.after(0, () =>
        this.give(index, { type: 'start', final, following, records: [], signedTo: undefined }),
      )
    }
  }

  run(ms: number): void {
    this.time.runFor(ms)
  }

  private give(index: number, event: SimplexEvent): void {
    const { now } = this.time
    const effects = this.cores.get(index)?.handle(event, { now, wall: Math.floor(WALL + now) })
    for (const effect of effects ?? []) this.perform(index, effect)
  }

  private later(index: number, ms: number, event: SimplexEvent): () => void {
    return this.time.after(ms, () => this.give(index, event))
  }

  private carry(from: number, to: number, bytes: Uint8Array): void {
    const message = decodeMessage(bytes)
    assert.ok(message, 'a core sends well-formed messages')
    if (to === this.late?.index && this.time.now < this.late.fromMs) return
    const copies = this.random.chance(this.loss) ? 0 : this.random.chance(this.loss / 2) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      const event = { type: 'message', from: `v${from}`, message } as const
      this.later(to, 1 + this.random.unit() * 40, event)
    }
  }

  private perform(index: number, effect: SimplexEffect): void {
    const mine = this.finals.get(index) as Final[]
    if (effect.type === 'send') this.carry(index, Number(effect.to.slice(1)), effect.message)
    else if (effect.type === 'broadcast') {
      for (const to of this.cores.keys()) if (to !== index) this.carry(index, to, effect.message)
    } else if (effect.type === 'persist') {
      this.later(index, this.random.unit() * 5, { type: 'persisted', id: effect.id })
    } else if (effect.type === 'build') this.build(index, effect)
    else if (effect.type === 'check') {
      this.blocks.set(effect.hash, effect.block)
      const last = mine.at(-1)?.hash ?? GENESIS
      const isFar = index === this.late?.index && readBlockNode(effect.block)?.parent !== last
      const code = isFar ? 'BUSY' : ''
      this.later(index, 1, { type: 'checked', hash: effect.hash, ok: !isFar, code })
    } else if (effect.type === 'finalise') {
      this.finalise(mine, effect.hash, effect.certificate)
      this.later(index, 1, {
        ...{ type: 'finalised', hash: effect.hash, code: '', following: undefined },
      })
    } else if (effect.type === 'fetch') this.fetch(index, effect.aboveHeight)
    else if (effect.type === 'timer' || effect.type === 'cancel') {
      const id = `${index}/${effect.name}`
      this.timers.get(id)?.()
      if (effect.type === 'cancel') return
      this.timers.set(id, this.later(index, effect.ms, { type: 'timer', name: effect.name }))
    } else if (effect.type === 'evidence') {
      assert.unreachable('nobody lies here')
    }
  }

  private readonly blocks = new Map<Hex, Uint8Array>()

  private build(index: number, effect: Build): void {
    const parent = this.blocks.get(effect.parent)
    const height = parent ? (readBlockNode(parent)?.height as number) + 1 : 1
    const block = blockOf(effect, height)
    this.blocks.set(readBlockNode(block)?.hash as Hex, block)
    this.later(index, 1, { type: 'built', epoch: 0, view: effect.view, block, code: '' })
  }

  /** A block becomes final with all of its ancestors; only it has a certificate. */
  private finalise(chain: Final[], hash: Hex, certificate: Uint8Array): void {
    const last = chain.at(-1)?.hash ?? GENESIS
    const path: Final[] = []
    for (let at = hash; at !== last; ) {
      const block = this.blocks.get(at)
      assert.ok(block, 'a final block does not follow the chain')
      path.unshift({ hash: at, block, certificate: at === hash ? certificate : NONE })
      at = readBlockNode(block)?.parent as Hex
    }
    chain.push(...path)
  }

  private fetch(index: number, above: number): void {
    const peers = [...this.cores.keys()].filter((one) => one !== index)
    const peer = peers[this.random.below(peers.length)] as number
    const finals = this.finals.get(peer) as Final[]
    const blocks = finals.filter((one) => (readBlockNode(one.block)?.height as number) > above)
    this.later(index, 10, { type: 'fetched', blocks })
  }
}

/** All chains are one chain; returns the shortest and the longest length. */
function oneChain(cluster: Cluster): [number, number] {
  const chains = [...cluster.finals.values()]
  const longest = chains.reduce((a, b) => (a.length > b.length ? a : b))
  for (const chain of chains) {
    for (const [i, { hash, block }] of chain.entries()) {
      assert.is(hash, longest[i]?.hash, `height ${i + 1}`)
      assert.is(readBlockNode(block)?.parent, chain[i - 1]?.hash ?? GENESIS)
    }
  }
  return [Math.min(...chains.map((chain) => chain.length)), longest.length]
}

for (const [name, n, down, loss, least] of [
  ['four, nothing lost', 4, [], 0, 20],
  ['four, a fifth of all frames lost', 4, [], 0.2, 3],
  ['four, one down', 4, [2], 0.05, 3],
  ['seven, two down', 7, [1, 4], 0.05, 3],
] as const) {
  test(`${name}: all finalise one chain, for three seeds`, () => {
    for (let seed = 1; seed <= 3; seed++) {
      const cluster = new Cluster(`${name}/${seed}`, n, down, loss)
      cluster.run(20_000)
      const [shortest, longest] = oneChain(cluster)
      assert.ok(shortest >= least, `seed ${seed}: ${shortest} of ${longest} blocks`)
    }
  })
}

test('one that was away takes claims that take up what the block before them brought', () => {
  const cluster = new Cluster('late', 4, [], 0, { index: 2, fromMs: 8000 })
  cluster.run(10_000)
  const [shortest, longest] = oneChain(cluster)
  assert.ok(longest > 20 && longest - shortest < 5, `${shortest} of ${longest} blocks`)
})

test('four, two down: nothing is final, ever', () => {
  const cluster = new Cluster('half', 4, [0, 3], 0)
  cluster.run(30_000)
  assert.equal(oneChain(cluster), [0, 0])
})

test('the same seed takes the same course', () => {
  const [one, two] = [0, 1].map(() => {
    const cluster = new Cluster('twice', 4, [], 0.2)
    cluster.run(5000)
    return [...cluster.finals].map(([index, chain]) => [index, chain.map(({ hash }) => hash)])
  })
  assert.equal(one, two)
})

test.run()

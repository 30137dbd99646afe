// The light client over JSON-RPC answers: of an honest node, of one that lacks something, and of
// one that lies; and its browser build.

import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { encodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import { encodeValidatorSet } from '../../protocol/consensus/validator-set.ts'
import {
  encodeLightCheckpoint,
  type LightCheckpoint,
  readLightCheckpoint,
} from '../../protocol/light/light-checkpoint.ts'
import { WEAK_SUBJECTIVITY_MS } from '../../protocol/params.ts'
import { LightClient } from '../../sdk/light/light-client.ts'
import type { LightError } from '../../sdk/light/light-error.ts'
import { type Ask, httpAsk, quantity } from '../../sdk/light/light-rpc.ts'
import { makeCheckpoint } from '../../sdk/light/make-checkpoint.ts'
import { GENESIS_SECONDS } from '../protocol/chain-world.ts'
import {
  EPOCH_BLOCKS,
  type EpochPlan,
  LightWorld,
  type Member,
} from '../protocol/light/light-world.ts'

const members = (from: number): Member[] =>
  [0, 1, 2, 3].map((i) => ({ id: from + i, stake: 10n, authority: true }))
const PLANS: EpochPlan[] = [0, 0, 1, 2, 2, 1, 0, 0, 1, 2].map((mode, epoch) => ({
  mode: mode as 0 | 1 | 2,
  // Others from epoch 4 on, and again others from 7 on.
  members: members(epoch < 4 ? 0 : epoch < 7 ? 2 : 5),
}))
const world = new LightWorld(PLANS)
const LAST = world.blocks.length - 1
/** The last epoch is not checkpointed yet. */
const CERTIFIED = PLANS.length - 2

type Method = (...params: string[]) => unknown

/** A node that has all of the world, with some of its methods replaced. */
function nodeOf(over: Record<string, Method> = {}): { ask: Ask; asked: string[] } {
  const asked: string[] = []
  const hex = (block: Block) => bytesToHex(encodeHeader(block.header))
  const methods: Record<string, Method> = {
    aitbc_getFinality: (at) => {
      const height = Number(at)
      const block = world.blocks[height]
      if (!block) return null
      const { headers, certificate, sidecar } = world.proof(height)
      return {
        headers: headers.map(bytesToHex),
        certificate: bytesToHex(certificate),
        certifiedSidecar: bytesToHex(sidecar),
      }
    },
    aitbc_getCheckpoint: (at) => {
      const epoch = at === 'latest' ? CERTIFIED : Math.min(CERTIFIED, Number(at))
      const step = world.step(epoch)
      return {
        epoch: quantity(epoch),
        checkpoint: bytesToHex(step.checkpoint),
        certificate: bytesToHex(step.certificate),
        signers: step.signers,
        sets: step.sets.map(bytesToHex),
      }
    },
    aitbc_getHeaders: (from, count) => {
      const first = from === 'latest' ? LAST : Number(from)
      return world.blocks.slice(first, first + Number(count)).map(hex)
    },
    aitbc_getGenesis: () => ({
      chainId: '0x539',
      header: hex(world.genesis),
      validatorSet: bytesToHex(encodeValidatorSet(world.set(0))),
      balancedStakeProof: {
        account: world.shareProof.account.map(bytesToHex),
        word: world.shareProof.word.map(bytesToHex),
      },
    }),
    ...over,
  }
  const ask: Ask = async (method, params) => {
    asked.push(method)
    return methods[method]?.(...(params as string[]))
  }
  return { ask, asked }
}

const GENESIS: LightCheckpoint = {
  ...world.start,
  announcedSet: world.set(0),
  asOfMs: GENESIS_SECONDS * 1000,
}
const nowMs = GENESIS.asOfMs + 1000

function clientOf(ask: Ask, checkpoint = GENESIS): LightClient {
  return new LightClient({ checkpoint, ask, nowMs, bls: blsNative })
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: LightError) => error.code ?? error.message,
  )

test('from the genesis to any block, each in the mode of its epoch', async () => {
  const { ask } = nodeOf()
  const client = clientOf(ask)
  for (const height of [1, LAST, 14, 8, 20, LAST - EPOCH_BLOCKS, 0]) {
    const found = await client.header(height)
    const epoch = height === 0 ? 0 : world.epochOf(height)
    assert.equal([found.hash, found.epoch], [world.blocks[height]?.hash, epoch])
    assert.is(found.mode, world.plan(epoch).mode)
    assert.is(found.level, epoch > CERTIFIED ? 'final' : 'finalized')
  }
})

test('one step for every change of the validators, none for what stays', async () => {
  const steps = async (height: number) => (await clientOf(nodeOf().ask).header(height)).steps
  assert.is(await steps(2), 0)
  assert.is(await steps(3 * EPOCH_BLOCKS + 1), 1)
  // Two changes lie before the last epoch, and its own rules are a third step.
  assert.is(await steps(LAST), 3)
})

test('a node’s file begins where the node is, and goes back by parent hashes', async () => {
  const { ask } = nodeOf()
  const made = await makeCheckpoint(ask)
  assert.equal([made.epoch, made.certified.hash], [CERTIFIED + 1, world.boundary(CERTIFIED).hash])
  const text = encodeLightCheckpoint(made)
  const read = readLightCheckpoint(text)
  assert.ok(read.ok)
  if (!read.ok) return
  assert.equal(read.checkpoint, made)
  const client = clientOf(ask, read.checkpoint)
  assert.equal([(await client.header(LAST)).level, (await client.header(LAST)).steps], ['final', 0])
  const old = await client.header(5)
  assert.equal([old.hash, old.level, old.signers], [world.blocks[5]?.hash, 'finalized', 0])
  const first = await makeCheckpoint(nodeOf({ aitbc_getCheckpoint: () => null }).ask)
  assert.equal([first.epoch, first.certified.hash], [0, world.genesis.hash])
})

test('files that are none, and files that are too old, are refused', () => {
  const text = encodeLightCheckpoint(GENESIS)
  const read = readLightCheckpoint(text)
  assert.ok(read.ok && read.checkpoint.rules.setHash === world.rules(0).setHash)
  for (const bad of ['', '{}', ` ${text}`, text.replace('"FAST"', '"SLOW"'), '[]', '\u0000']) {
    const refused = readLightCheckpoint(bad)
    assert.is(refused.ok ? 'read' : refused.code, 'BAD_FILE')
  }
  const large = readLightCheckpoint(`"${'a'.repeat(600_000)}"`)
  assert.is(large.ok ? 'read' : large.code, 'BAD_FILE')
  const at = (over: number, allowStale = false) => {
    const late = GENESIS.asOfMs + WEAK_SUBJECTIVITY_MS + over
    return new LightClient({ checkpoint: GENESIS, ask: nodeOf().ask, nowMs: late, allowStale })
  }
  assert.ok(at(0))
  assert.throws(
    () => at(1),
    (error: LightError) => error.code === 'STALE_CHECKPOINT',
  )
  assert.ok(at(1, true))
})

test('a node that lies is found out; one that lacks something is told apart', async () => {
  const honest = nodeOf().ask
  const over = (name: string, change: (answer: Record<string, unknown>) => unknown) =>
    nodeOf({
      [name]: (...params) => {
        const wanted = honest(name, params)
        return wanted.then((answer) => change(answer as Record<string, unknown>))
      },
    }).ask
  const height = 5 * EPOCH_BLOCKS + 1
  const code = (ask: Ask, at = height) => codeOf(clientOf(ask).header(at))
  const finality = 'aitbc_getFinality'
  assert.is(await code(honest), 'accepted')
  assert.is(await code(honest, LAST + 1), 'NODE_LACKS')
  const another = async () => (await honest(finality, [quantity(height + 1)])) as object
  assert.is(await code(nodeOf({ [finality]: another }).ask), 'NODE_LIES')
  assert.is(await code(over(finality, (a) => ({ ...a, headers: [] }))), 'UNDECODABLE')
  assert.is(await code(over(finality, (a) => ({ ...a, headers: ['0xc0'] }))), 'UNDECODABLE')
  assert.is(
    await code(over(finality, (a) => ({ ...a, headers: Array(1025).fill('0x') }))),
    'NODE_LIES',
  )
  assert.is(await code(over(finality, (a) => ({ ...a, certificate: '0x12' }))), 'UNDECODABLE')
  assert.is(await code(over(finality, (a) => ({ ...a, certificate: 12 }))), 'NODE_LIES')
  assert.is(await code(over(finality, () => 'yes')), 'NODE_LIES')
  const checkpoint = 'aitbc_getCheckpoint'
  assert.is(await code(over(checkpoint, (a) => ({ ...a, sets: [] }))), 'MISSING_SET')
  assert.is(await code(over(checkpoint, (a) => ({ ...a, epoch: '0x63' }))), 'NODE_LIES')
  assert.is(await code(over(checkpoint, (a) => ({ ...a, epoch: '0x0' }))), 'UNTRUSTED_SET')
  assert.is(await code(over(checkpoint, () => null)), 'UNCERTIFIED_EPOCH')
  assert.is(
    await code(over(checkpoint, (a) => ({ ...a, signers: world.rules(9).setHash }))),
    'UNTRUSTED_SET',
  )
  // The stake has checkpointed a history that the final block is not in.
  const forged = world.child(world.boundary(4), 5, { transactions: [Uint8Array.of(1)] })
  const proof = world.proofOf([forged])
  const fork = over(finality, () => ({
    headers: proof.headers.map(bytesToHex),
    certificate: bytesToHex(proof.certificate),
    certifiedSidecar: bytesToHex(proof.sidecar),
  }))
  assert.is(await code(fork), 'NOT_A_CHAIN')
  const nothing = nodeOf({ aitbc_getHeaders: () => [] }).ask
  assert.is((await clientOf(nothing).header(height)).level, 'final')
  assert.is(await code(nothing, 0), 'NODE_LACKS')
  assert.is(await codeOf(httpAsk('http://127.0.0.1:9')('eth_chainId', [])), 'NODE_FAILED')
  assert.is(decodeCheckpoint(world.step(0).checkpoint).height, EPOCH_BLOCKS)
})

test('it is built for browsers with nothing but what they have', async () => {
  const built = await build({
    entryPoints: ['sdk/light/light-client.ts'],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    metafile: true,
  })
  const imported = Object.values(built.metafile.inputs).flatMap((input) => input.imports)
  assert.equal(
    imported.filter(({ path, external }) => external || path.startsWith('node:')),
    [],
  )
  assert.ok((built.outputFiles[0]?.text.length ?? 0) > 1000)
})

test.run()

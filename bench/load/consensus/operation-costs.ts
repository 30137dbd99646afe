// What each operation of a block costs here and now: processor time, median of rounds.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finalRows } from '../../../actors/block-builder/chain-rows.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { vrfNative } from '../../../compute/crypto/vrf-native.ts'
import { encodeBlock } from '../../../protocol/block/block.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import {
  type ConsensusMessage,
  decodeMessage,
  encodeMessage,
} from '../../../protocol/consensus/consensus-message.ts'
import { FINALIZE, NOTARIZE } from '../../../protocol/consensus/vote.ts'
import { validateBlock } from '../../../protocol/execution/validate-block.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import {
  build,
  sign,
  testConfig,
  testGenesis,
  WALLETS,
} from '../../../test/protocol/chain-world.ts'
import { median } from '../../micro/runtime/rounds.ts'

const ROUNDS = 9
/** In a block of a real run with 20 transfers a second. */
export const TRANSFERS = 2

function cpuMs(times: number, run: (i: number) => unknown): number {
  const rounds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < times; i++) {
      if (run(i) === false) throw new Error('an operation that is measured went wrong')
    }
    const { user, system } = process.cpuUsage(before)
    // The first one warms up.
    if (round > 0) rounds.push((user + system) / 1000 / times)
  }
  return median(rounds)
}

const HASH = `0x${'ab'.repeat(32)}` as const

function signatureCosts(signerCounts: readonly number[], costs: Map<string, number>): void {
  const most = Math.max(...signerCounts)
  const secrets = Array.from({ length: most }, (_, i) => new Uint8Array(32).fill(i + 1))
  const keys = secrets.map((secret) => blsNative.publicKey(secret))
  const message = new Uint8Array(32).fill(7)
  const [secret, key] = [secrets[0], keys[0]] as [Uint8Array, Uint8Array]
  const signatures = secrets.map((one) => blsNative.sign(one, message))
  const own = signatures[0] as Uint8Array
  costs.set(
    'sign',
    cpuMs(20, () => blsNative.sign(secret, message)),
  )
  costs.set(
    'verify',
    cpuMs(20, () => blsNative.verify(key, message, own)),
  )
  for (const count of signerCounts) {
    const some = signatures.slice(0, count)
    const whole = blsNative.aggregate(some)
    const of = keys.slice(0, count)
    costs.set(
      `aggregate ${count}`,
      cpuMs(20, () => blsNative.aggregate(some)),
    )
    const check = () => blsNative.verifyAggregate(of, message, whole)
    costs.set(`verify aggregate ${count}`, cpuMs(20, check))
  }
  const vrfKey = vrfNative.publicKey(secret)
  // Several inputs: how many tries the hash to the curve takes differs between them.
  const inputs = Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(i))
  const proofs = inputs.map((alpha) => vrfNative.prove(secret, alpha).proof)
  costs.set(
    'vrf prove',
    cpuMs(20, (i) => vrfNative.prove(secret, inputs[i] as Uint8Array)),
  )
  const verify = (i: number) =>
    vrfNative.verify(vrfKey, inputs[i] as Uint8Array, proofs[i] as Uint8Array) !== undefined
  costs.set('vrf verify', cpuMs(20, verify))
}

/** Execution without its signatures, which are counted by themselves (the test chain recalls). */
function blockCosts(costs: Map<string, number>): Uint8Array {
  const genesis = testGenesis()
  const { block: parent, tree } = genesis
  const transfers = WALLETS.slice(0, TRANSFERS).map((from) => sign(from, {}))
  const { block, executed } = build(parent, tree, transfers)
  const config = testConfig()
  costs.set(
    'build',
    cpuMs(20, () => build(parent, tree, transfers)),
  )
  costs.set(
    'check',
    cpuMs(20, () => validateBlock(config, parent, tree, block, transfers).ok),
  )
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-costs-'))
  try {
    const chain = new LmdbStore(join(folder, 'chain'))
    const certificate = encodeCertificate(certificateOf(3))
    const rows = finalRows([{ block, executed, tree: executed.tree }], {
      finalAtMs: 0,
      certificate,
    })
    const commit = (puts: typeof rows) => {
      chain.commit(puts, (error) => {
        if (error) throw error
      })
    }
    costs.set(
      'finalise',
      cpuMs(10, () => commit(rows)),
    )
    const vote = encodeMessage(voteMessage())
    const put = (i: number) => ({ table: 'sign', key: new Uint8Array(17).fill(i), value: vote })
    costs.set(
      'persist',
      cpuMs(10, (i) => commit([put(i), put(i + 100)])),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return encodeBlock(block)
}

function certificateOf(signers: number) {
  return {
    kind: FINALIZE,
    epoch: 3,
    view: 5000,
    blockHash: HASH,
    signers: Array.from({ length: signers }, (_, i) => i),
    signature: new Uint8Array(96).fill(9),
  } as const
}

function voteMessage(): ConsensusMessage {
  const signature = new Uint8Array(96).fill(8)
  const vote = {
    kind: NOTARIZE,
    epoch: 3,
    view: 5000,
    blockHash: HASH,
    signer: 3,
    signature,
  } as const
  return { type: 'vote', vote }
}

function codecCosts(block: Uint8Array, costs: Map<string, number>): void {
  const signature = new Uint8Array(96).fill(8)
  const certificate = certificateOf(15)
  const messages: ConsensusMessage[] = [
    voteMessage(),
    { type: 'certificate', certificate },
    { type: 'propose', proposal: { epoch: 3, view: 5000, parentView: 4999, block, signature } },
    { type: 'status', epoch: 3, view: 5000, finalHeight: 60_000, final: certificate },
    { type: 'get', epoch: 3, from: 4999, to: 5000 },
  ]
  for (const message of messages) {
    const bytes = encodeMessage(message)
    costs.set(
      `encode ${message.type}`,
      cpuMs(200, () => encodeMessage(message)),
    )
    const decode = () => decodeMessage(bytes) !== undefined
    costs.set(`receive ${message.type}`, cpuMs(200, decode))
  }
}

/** By the names of simulated-counts; milliseconds. `signerCounts` are the sizes of certificates. */
export function operationCosts(signerCounts: readonly number[]): Map<string, number> {
  const costs = new Map<string, number>()
  signatureCosts(signerCounts, costs)
  codecCosts(blockCosts(costs), costs)
  return costs
}

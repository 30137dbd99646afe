// Operations a block and validator, counted while the real consensus cores run in the simulator, a
// block each block time of FAST, nobody lying or down.

import { decodeMessage } from '../../../protocol/consensus/consensus-message.ts'
import type { Simplex } from '../../../protocol/consensus/simplex.ts'
import type { SimplexEffect } from '../../../protocol/consensus/simplex-types.ts'
import { lightBls, lightVrf } from '../../../test/sim/modes/light-crypto.ts'
import type { Member } from '../../../test/sim/modes/member.ts'
import { executeMini, type MiniState, readMini } from '../../../test/sim/modes/mini-chain.ts'
import { ModesCluster, type Said } from '../../../test/sim/modes/modes-cluster.ts'
import { CallCounts, countedBls, countedVrf } from './count-calls.ts'

const WARM_MS = 3000
const RUN_MS = 20_000
/** The whole run is one epoch, so that the mode stays what it is. */
const EPOCH_BLOCKS = 1_000_000
const WEATHER = { latencyMs: 2, tailMs: 0, loss: 0 }
const HONEST = { stakers: 0, liarAuthorities: 0, liarStakers: 0 }

/** Counts what arrives; every member executes every block itself, as a validator does. */
class CountedCluster extends ModesCluster {
  counts: CallCounts | undefined

  protected override carry(from: Member, to: Member, said: Said): void {
    this.counts?.add(`receive ${said.event.message.type}`)
    super.carry(from, to, said)
  }

  override execute(parent: MiniState, bytes: Uint8Array): MiniState | string {
    return executeMini(this.mini, parent, readMini(bytes))
  }
}

function noteEffects(effects: readonly SimplexEffect[], counts: CallCounts): void {
  for (const effect of effects) {
    if (effect.type === 'send' || effect.type === 'broadcast') {
      counts.add(`encode ${decodeMessage(effect.message)?.type}`)
    } else if (['persist', 'build', 'check', 'finalise'].includes(effect.type)) {
      counts.add(effect.type)
    }
  }
}

function watch(core: Simplex, counts: CallCounts): void {
  const handle = core.handle.bind(core)
  core.handle = (event, clock) => {
    const effects = handle(event, clock)
    noteEffects(effects, counts)
    return effects
  }
}

function heightOf(cluster: ModesCluster): number {
  return Math.max(...[...cluster.members.values()].map(({ height }) => height))
}

export interface SimulatedCounts {
  readonly validators: number
  readonly blocks: number
  /** Operation to how often a validator does it for a block. */
  readonly perBlock: ReadonlyMap<string, number>
}

export function simulatedCounts(validators: number, runMs = RUN_MS): SimulatedCounts {
  const counts = new CallCounts()
  const plain = { bls: { ...lightBls }, vrf: { ...lightVrf } }
  Object.assign(lightBls, countedBls(plain.bls, counts))
  Object.assign(lightVrf, countedVrf(plain.vrf, counts))
  try {
    const size = { ...HONEST, authorities: validators }
    const cluster = new CountedCluster(`cpu/${validators}`, size, EPOCH_BLOCKS, WEATHER)
    cluster.start()
    for (const { core } of cluster.members.values()) if (core) watch(core, counts)
    cluster.time.runFor(WARM_MS)
    counts.reset()
    cluster.counts = counts
    const before = heightOf(cluster)
    cluster.time.runFor(runMs)
    const blocks = heightOf(cluster) - before
    return { validators, blocks, perBlock: counts.per(blocks * validators) }
  } finally {
    Object.assign(lightBls, plain.bls)
    Object.assign(lightVrf, plain.vrf)
  }
}

// Collects what a file needs to show a block final offline: the stake checkpoints that lead from
// the genesis to the validators that signed it, from anyone who serves them.

import { BUNDLE_CHECKPOINTS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { unpackExtraData } from '../../protocol/block/extra-data.ts'
import { decodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import { encodeValidatorSet, type ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import {
  type FinalityProof,
  type FinalitySources,
  finalityProof,
} from '../../protocol/light/finality-proof.ts'
import { needsShare, provenShare, type ShareProof } from '../../protocol/light/genesis-share.ts'
import { genesisState, type LightState, rulesFor } from '../../protocol/light/light-state.ts'
import type { StoredStep } from '../../protocol/light/search-path.ts'
import type { HeaderProof } from '../../protocol/light/verify-header.ts'
import { type CheckpointSource, findPath } from './find-path.ts'

export interface FinalityQuery {
  readonly chainId: number
  /** RLP. */
  readonly genesisHeader: Uint8Array
  /** Validators of the genesis. */
  readonly validatorSet: ValidatorSet
  /** Needed where the chain began in BALANCED. */
  readonly genesisShare?: ShareProof | undefined
  readonly final: HeaderProof
  readonly checkpoint: CheckpointSource
  readonly bls: Bls
}

type Path = Pick<FinalitySources, 'begins' | 'steps' | 'sets'>

/** Throws RangeError for what may be there later: rules that no checkpoint certifies yet. */
export async function collectFinality(query: FinalityQuery): Promise<FinalityProof> {
  const { chainId, genesisHeader, genesisShare, validatorSet, final } = query
  const genesis = decodeHeader(genesisHeader)
  const last = decodeHeader(final.headers.at(-1) as Uint8Array)
  const epoch = unpackExtraData(last.extraData)?.epoch ?? 0
  const isBalanced = needsShare(genesis, 0)
  const share = isBalanced && genesisShare ? provenShare(genesis, genesisShare) : undefined
  const start = genesisState(BigInt(chainId), genesis, validatorSet, share)
  if (!start) throw new RangeError('the genesis does not name these rules')
  const path = await pathTo(query, start, epoch)
  const isDecisive = path.begins === 'genesis' && needsShare(genesis, path.steps.length)
  const shown = { chainId, genesisHeader, final, ...path }
  return finalityProof({ ...shown, ...(isDecisive && { genesisShare }) })
}

async function pathTo(query: FinalityQuery, start: LightState, epoch: number): Promise<Path> {
  const { checkpoint: source, bls, validatorSet } = query
  const stepsMax = BUNDLE_CHECKPOINTS_MAX
  const found = await findPath({ from: start, epoch, source, bls, stepsMax })
  if (found.ok) {
    if (!rulesFor(found.state, epoch)) throw new RangeError(`epoch ${epoch} is not certified yet`)
    const sets = setsOf(found.steps, [encodeValidatorSet(validatorSet)], epoch)
    return { begins: 'genesis', steps: found.steps, sets }
  }
  if (found.code !== 'TOO_MANY') throw new RangeError(`${found.detail} (${found.code})`)
  const steps = await lastSteps(epoch, source)
  return { begins: 'checkpoint', steps, sets: setsOf(steps, [], epoch) }
}

/** The validators changed too often since the genesis: the last checkpoints, all of them. */
async function lastSteps(epoch: number, source: CheckpointSource): Promise<StoredStep[]> {
  const steps: StoredStep[] = []
  for (let at = epoch - 1; at >= 0 && steps.length < BUNDLE_CHECKPOINTS_MAX; ) {
    const step = await source(at)
    if (!step) break
    steps.unshift(step)
    at = step.epoch - 1
  }
  return steps
}

/** What the steps and the block need, each once, in order. */
function setsOf(steps: readonly StoredStep[], first: Uint8Array[], epoch: number): Uint8Array[] {
  const known = new Map<Hex, Uint8Array>()
  for (const step of steps) for (const bytes of step.sets) known.set(keccakHex(bytes), bytes)
  const needed = new Map<Hex, Uint8Array>(first.map((bytes) => [keccakHex(bytes), bytes]))
  const need = (hash: Hex) => {
    const bytes = known.get(hash)
    if (bytes && !needed.has(hash)) needed.set(hash, bytes)
  }
  for (const [i, step] of steps.entries()) {
    const { next, announced, epoch: ended } = decodeCheckpoint(step.checkpoint)
    need(step.signers)
    need(next.setHash)
    if (i === steps.length - 1 && epoch === ended + 2) need(announced.setHash)
  }
  return [...needed.values()]
}

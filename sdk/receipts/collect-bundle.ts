// Collects what a receipt bundle needs from anyone who serves final blocks and stake checkpoints.

import { BUNDLE_CHECKPOINTS_MAX, BUNDLE_HEADERS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { unpackExtraData } from '../../protocol/block/extra-data.ts'
import { encodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { decodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import { encodeValidatorSet, type ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import { needsShare, provenShare, type ShareProof } from '../../protocol/light/genesis-share.ts'
import { genesisState, type LightState, rulesFor } from '../../protocol/light/light-state.ts'
import type { StoredStep } from '../../protocol/light/search-path.ts'
import { type Bundle, type BundleSources, buildBundle } from '../../protocol/receipt/bundle.ts'
import type { ReceiptV2 } from '../../protocol/receipt/receipt-v2.ts'
import { type CheckpointSource, findPath } from '../light/find-path.ts'

export interface FinalBlock {
  readonly height: number
  readonly hash: Hex
  readonly block: Uint8Array
  readonly receipts: readonly Uint8Array[]
  /** Of this block or of the nearest final descendant that has one. */
  readonly certificate: Uint8Array
}

export interface BundleQuery {
  readonly receipt: ReceiptV2
  readonly settleTx: Hex
  readonly settleHeight: number
  /** Validators of the genesis. */
  readonly validatorSet: ValidatorSet
  /** Needed where the chain began in BALANCED. */
  readonly genesisShare?: ShareProof
  readonly block: (height: number) => Promise<FinalBlock | undefined>
  readonly checkpoint: CheckpointSource
  readonly bls: Bls
}

type Path = Pick<BundleSources, 'begins' | 'steps' | 'sets'>

/**
 * Throws RangeError for what may be there later: a block that is missing, rules that no checkpoint
 * certifies yet; and when the settling block does not contain the settlement.
 */
export async function collectBundle(query: BundleQuery): Promise<Bundle> {
  const { receipt, settleTx } = query
  const genesis = decodeBlock((await get(query, 0)).block)
  const first = await get(query, query.settleHeight)
  const blocks = [first.block]
  const certified = decodeCertificate(first.certificate).blockHash
  for (let last = first; last.hash !== certified; ) {
    if (blocks.length === BUNDLE_HEADERS_MAX) throw new RangeError('too far from a certificate')
    last = await get(query, last.height + 1)
    blocks.push(last.block)
  }
  const { header } = decodeBlock(blocks.at(-1) as Uint8Array)
  const epoch = unpackExtraData(header.extraData)?.epoch ?? 0
  const { genesisShare, validatorSet } = query
  const isBalanced = needsShare(genesis.header, 0)
  const share = isBalanced && genesisShare ? provenShare(genesis.header, genesisShare) : undefined
  const start = genesisState(BigInt(receipt.chain_id), genesis.header, validatorSet, share)
  if (!start) throw new RangeError('the genesis does not name these rules')
  const { receipts, certificate } = first
  const genesisHeader = encodeHeader(genesis.header)
  const path = await pathTo(query, start, epoch)
  const settled = { receipt, settleTx, blocks, receipts, certificate, genesisHeader, ...path }
  const isDecisive = path.begins === 'genesis' && needsShare(genesis.header, path.steps.length)
  return buildBundle({ ...settled, ...(isDecisive && { genesisShare }) })
}

async function pathTo(query: BundleQuery, start: LightState, epoch: number): Promise<Path> {
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

async function get(query: BundleQuery, height: number): Promise<FinalBlock> {
  const block = await query.block(height)
  if (block === undefined) throw new RangeError(`block ${height} is not final or not stored`)
  return block
}

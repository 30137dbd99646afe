// From a parent and what consensus decides, the next block: the one function that proposer and
// validators share, so that they cannot disagree about a field.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { nextBaseFee } from '../block/base-fee.ts'
import { type Block, makeBlock } from '../block/block.ts'
import { headerTimeMs, packExtraData, unpackExtraData } from '../block/extra-data.ts'
import { FIXED_FIELDS } from '../block/fixed-fields.ts'
import type { Header } from '../block/header.ts'
import { orderedRoot } from '../block/ordered-trie.ts'
import { decodeSidecar, sidecarRoot } from '../block/sidecar.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import type { BlockRefusal } from '../errors/block-refusals.ts'
import { BLOCK_GAS_LIMITS } from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import { stateRoot } from '../state/state-tree.ts'
import type { ChainConfig } from './chain-config.ts'
import type { Executed } from './execute-transactions.ts'
import type { ExecutionEnv } from './execution-env.ts'

export interface Parent {
  readonly hash: Hex
  readonly header: Header
}

/** What consensus decides about a block; execution decides all else. */
export interface Decided {
  readonly timestampMs: number
  readonly mode: number
  readonly epoch: number
  readonly view: number
  readonly proposer: number
  /** The leader's VRF output, for mixHash. */
  readonly randomness: Hex
  readonly sidecar: Uint8Array
}

export type Planned =
  | { readonly ok: true; readonly env: ExecutionEnv }
  | { readonly ok: false; readonly code: BlockRefusal }

function checkSidecar(
  config: ChainConfig,
  parentView: number,
  { epoch, mode, proposer, sidecar }: Decided,
): BlockRefusal | undefined {
  const rules = config.epochRules(epoch)
  if (!rules) return 'UNKNOWN_EPOCH'
  if (mode !== rules.mode) return 'WRONG_MODE'
  try {
    const said = decodeSidecar(sidecar)
    const fits = said.validatorSetHash === rules.setHash && said.proposer === proposer
    return fits && said.parentView === parentView ? undefined : 'WRONG_SIDECAR'
  } catch (error) {
    if (error instanceof RlpError) return 'WRONG_SIDECAR'
    throw error
  }
}

/** Checks what consensus decided against the parent; the environment for the transactions. */
export function planBlock(config: ChainConfig, parent: Parent, decided: Decided): Planned {
  const { header } = parent
  const before = unpackExtraData(header.extraData)
  if (!before) return { ok: false, code: 'WRONG_EXTRA_DATA' }
  const { epoch, view, timestampMs, proposer } = decided
  const later = epoch > before.epoch || (epoch === before.epoch && view > before.view)
  if (!later) return { ok: false, code: 'WRONG_VIEW' }
  if (timestampMs < headerTimeMs(header)) return { ok: false, code: 'WRONG_TIME' }
  const refusal = checkSidecar(config, before.view, decided)
  if (refusal) return { ok: false, code: refusal }
  const coinbase = config.epochRules(epoch)?.set.validators[proposer]?.address
  if (!coinbase) return { ok: false, code: 'WRONG_PROPOSER' }
  const env: ExecutionEnv = {
    chainId: config.chainId,
    modules: config.modules,
    height: header.height + 1,
    timestamp: Math.floor(timestampMs / 1000),
    baseFee: nextBaseFee(header),
    coinbase,
    gasLimit: BLOCK_GAS_LIMITS[decided.mode as ModeNumber],
  }
  return { ok: true, env }
}

/** The block that execution gives; every field of its header is determined by the arguments. */
export function sealBlock(
  parent: Parent,
  decided: Decided,
  env: ExecutionEnv,
  executed: Executed,
): Block {
  const { mode, epoch, view, timestampMs, sidecar } = decided
  const raws = executed.included.map(({ transaction }) => transaction.raw)
  const header: Header = {
    ...FIXED_FIELDS,
    parentHash: parent.hash,
    coinbase: env.coinbase,
    stateRoot: stateRoot(executed.tree),
    transactionsRoot: orderedRoot(raws),
    receiptsRoot: orderedRoot(executed.receipts),
    logsBloom: bytesToHex(executed.bloom),
    height: env.height,
    gasLimit: env.gasLimit,
    gasUsed: executed.gasUsed,
    timestamp: env.timestamp,
    extraData: packExtraData({ mode, epoch, view, ms: timestampMs % 1000 }),
    mixHash: decided.randomness,
    baseFeePerGas: env.baseFee,
    parentBeaconBlockRoot: sidecarRoot(sidecar),
  }
  return makeBlock(header, raws, sidecar)
}

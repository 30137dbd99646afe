// What consensus decides about a block, checked against its parent and the rules that the parent's
// state holds: the same for proposer and validators.

import type { Hex } from '../../lib/hex.ts'
import { nextBaseFee } from '../block/base-fee.ts'
import { headerTimeMs, unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import { decodeSidecar, type Sidecar } from '../block/sidecar.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import type { BlockFacts } from '../epoch/begin-block.ts'
import { rulesAfter } from '../epoch/epoch-storage.ts'
import type { BlockRefusal } from '../errors/block-refusals.ts'
import { BLOCK_GAS_LIMITS } from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import type { StateView } from '../state/state-view.ts'
import type { ChainConfig } from './chain-config.ts'
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
  readonly sidecar: Uint8Array
}

export interface BlockPlan {
  readonly env: ExecutionEnv
  readonly facts: BlockFacts
}

export type Planned =
  | ({ readonly ok: true } & BlockPlan)
  | { readonly ok: false; readonly code: BlockRefusal; readonly detail: string }

function refuse(code: BlockRefusal, detail = ''): Planned {
  return { ok: false, code, detail }
}

function readSidecar(bytes: Uint8Array): Sidecar | undefined {
  try {
    return decodeSidecar(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** Views are counted from 1 in every epoch, so the first block of one stands on view 0. */
function parentViewOf(header: Header, rules: EpochRules): number | undefined {
  if (header.height + 1 === rules.startHeight) return 0
  return unpackExtraData(header.extraData)?.view
}

/** `view` is the state after the parent. */
export function planBlock(
  config: ChainConfig,
  parent: Parent,
  view: StateView,
  decided: Decided,
): Planned {
  const { header } = parent
  const rules = rulesAfter(view)
  const { epoch, mode, timestampMs, proposer } = decided
  if (epoch !== rules.epoch) return refuse('WRONG_EPOCH', `${epoch}, not ${rules.epoch}`)
  if (mode !== rules.mode) return refuse('WRONG_MODE', `${mode}, not ${rules.mode}`)
  const parentView = parentViewOf(header, rules)
  if (parentView === undefined) return refuse('WRONG_EXTRA_DATA')
  if (decided.view <= parentView) return refuse('WRONG_VIEW')
  if (timestampMs < headerTimeMs(header)) return refuse('WRONG_TIME')
  const sidecar = readSidecar(decided.sidecar)
  if (!sidecar) return refuse('WRONG_SIDECAR', 'undecodable')
  if (sidecar.validatorSetHash !== rules.setHash) return refuse('WRONG_SIDECAR', 'validator set')
  if (sidecar.parentView !== parentView) return refuse('WRONG_SIDECAR', 'view of the parent')
  if (sidecar.proposer !== proposer) return refuse('WRONG_SIDECAR', 'proposer')
  const coinbase = rules.set.validators[proposer]?.address
  if (!coinbase) return refuse('WRONG_PROPOSER')
  const height = header.height + 1
  const env: ExecutionEnv = {
    chainId: config.chainId,
    modules: config.modules,
    height,
    timestamp: Math.floor(timestampMs / 1000),
    baseFee: nextBaseFee(header),
    coinbase,
    gasLimit: BLOCK_GAS_LIMITS[rules.mode],
  }
  const facts = { rules, height, timestampMs, parentHash: parent.hash, view: decided.view, sidecar }
  return { ok: true, env, facts }
}

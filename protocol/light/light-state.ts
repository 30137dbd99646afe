// What a light client trusts: the rules of one epoch, certified by the stake of the one before it,
// and what was announced for the next. Everything else is verified from here.

import type { Hex } from '../../lib/hex.ts'
import { unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import { headerHash } from '../block/header-codec.ts'
import { encodeSidecar, plainSidecar, sidecarRoot } from '../block/sidecar.ts'
import type { RulesDigest } from '../consensus/checkpoint.ts'
import {
  asMode,
  BALANCED_STAKE_PUBLISHED,
  type Fraction,
  type QuorumRules,
} from '../consensus/epoch-rules.ts'
import { BALANCED, type ValidatorSet, validatorSetHash } from '../consensus/validator-set.ts'
import type { ChainIdentity } from '../consensus/vote.ts'

export interface LightState {
  readonly chain: ChainIdentity
  /** The epoch that `rules` are for. */
  readonly epoch: number
  readonly rules: RulesDigest
  /** validatorSetHash(set) is rules.setHash. */
  readonly set: ValidatorSet
  /** Of the epoch after, unless the chain kept the rules it had. */
  readonly announced: RulesDigest
  /** Undefined while its bytes have not been shown. */
  readonly announcedSet: ValidatorSet | undefined
  /** The stake-checkpointed block that the epoch stands on: at first the genesis. */
  readonly certified: { readonly height: number; readonly hash: Hex }
}

/**
 * The genesis fixes the rules of the first two epochs. Undefined unless `header` is a genesis and
 * commits to `set`; and where it begins in BALANCED, whose quorum depends on it, without `share`
 * (genesis-share.ts).
 */
export function genesisState(
  chainId: bigint,
  header: Header,
  set: ValidatorSet,
  share?: Fraction,
): LightState | undefined {
  const extra = unpackExtraData(header.extraData)
  if (extra?.epoch !== 0 || extra.mode > 2 || header.height !== 0) return undefined
  const mode = asMode(extra.mode)
  if (mode === BALANCED && !share) return undefined
  const setHash = validatorSetHash(set)
  const sidecar = encodeSidecar(
    plainSidecar({ validatorSetHash: setHash, proposer: 0, parentView: 0 }),
  )
  if (sidecarRoot(sidecar) !== header.parentBeaconBlockRoot) return undefined
  const rules = { mode, setHash, balancedStake: share ?? BALANCED_STAKE_PUBLISHED }
  const hash = headerHash(header)
  return {
    chain: { chainId, genesisHash: hash },
    epoch: 0,
    rules,
    set,
    announced: rules,
    announcedSet: set,
    certified: { height: 0, hash },
  }
}

/**
 * The rules under which blocks of an epoch are final, as far as they are certified. The announced
 * ones have the stake's signature too: it lets them act before the next checkpoint exists.
 */
export function rulesFor(state: LightState, epoch: number): QuorumRules | undefined {
  const { rules, set, announced, announcedSet } = state
  if (epoch === state.epoch) return { ...rules, epoch, set }
  if (epoch === state.epoch + 1 && announcedSet) return { ...announced, epoch, set: announcedSet }
  return undefined
}

/** May a set sign the checkpoint of `epoch`? The announced one only from its first epoch on. */
export function isTrustedSigner(state: LightState, signers: Hex, epoch: number): boolean {
  if (signers === state.rules.setHash) return true
  return signers === state.announced.setHash && epoch > state.epoch
}

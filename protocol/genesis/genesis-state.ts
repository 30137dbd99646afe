// The state that a chain begins with: accounts, market deposits, bonded stakes, and the rules of
// its first two epochs. Every wei of it is minted here.

import { concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { hexToBytes } from '../../lib/hex.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import { type ValidatorSet, validatorSetHash } from '../consensus/validator-set.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { balancedStakeOf } from '../epoch/announce.ts'
import { epochLength, saveParams } from '../epoch/epoch-params.ts'
import { saveAnnouncement, saveCurrentRules } from '../epoch/epoch-storage.ts'
import { startSupply } from '../epoch/supply.ts'
import { systemState } from '../execution/system-state.ts'
import { governAtGenesis } from '../governance/genesis-governance.ts'
import { PARAMETERS, type Parameters } from '../governance/parameters.ts'
import { allowanceSlot, depositSlot, TOTAL_DEPOSITS_SLOT } from '../market/market-storage.ts'
import {
  EPOCH_ADDRESS,
  GOVERNANCE_ADDRESS,
  MARKET_ADDRESS,
  ROLLUP_ADDRESS,
  STAKING_ADDRESS,
} from '../params.ts'
import { rollupAtGenesis } from '../rollup/genesis-rollup.ts'
import { recordEpoch } from '../staking/epoch-history.ts'
import { bondAtGenesis } from '../staking/genesis-stake.ts'
import { Overlay } from '../state/overlay.ts'
import { EMPTY_STATE, type StateChanges } from '../state/state-tree.ts'
import { treeView } from '../state/state-view.ts'
import type { GenesisSpec } from './genesis-spec.ts'

/** Epoch of the genesis and of the validator set that it names. */
export const FIRST_EPOCH = 0

/** Authorities first, each part in the order of the file. */
export function genesisValidatorSet(spec: GenesisSpec): ValidatorSet {
  const first = spec.validators.filter(({ authority }) => authority)
  const then = spec.validators.filter(({ authority }) => !authority)
  const validators = [...first, ...then].map((validator, index) => {
    const { address, blsPublicKey, vrfPublicKey, stake, authority } = validator
    return { index, address, blsPublicKey, vrfPublicKey, stake, authority }
  })
  return { validators }
}

/** R_0 cannot be the genesis hash: it is in the state that the hash commits to. */
function firstSeed({ chainId, timestamp }: GenesisSpec, setHash: Hex): Hex {
  const where = concatBytes(u64(Number(chainId)), u64(timestamp), hexToBytes(setHash))
  return keccakHex(concatBytes(utf8('aitbc-seed-v1'), where))
}

export function genesisRules(spec: GenesisSpec): EpochRules {
  const set = genesisValidatorSet(spec)
  const setHash = validatorSetHash(set)
  const { governance } = spec.params
  const parameters: Parameters = (name) => governance[name] ?? PARAMETERS[name].initial
  return {
    epoch: FIRST_EPOCH,
    mode: spec.mode,
    balancedStake: balancedStakeOf(parameters),
    set,
    setHash,
    seed: firstSeed(spec, setHash),
    startHeight: 1,
    startMs: spec.timestamp * 1000,
    ...epochLength(spec.params, spec.mode),
  }
}

function payAccounts(overlay: Overlay, spec: GenesisSpec): void {
  let deposits = 0n
  for (const { address, balance, deposit, allowances } of spec.accounts) {
    overlay.mint(address, balance)
    for (const { operator, allowance } of allowances) {
      overlay.save(MARKET_ADDRESS, allowanceSlot(address, operator), allowance)
    }
    if (deposit === 0n) continue
    deposits += deposit
    overlay.save(MARKET_ADDRESS, depositSlot(address), deposit)
  }
  if (deposits === 0n) return
  overlay.mint(MARKET_ADDRESS, deposits)
  overlay.save(MARKET_ADDRESS, TOTAL_DEPOSITS_SLOT, deposits)
}

/** Their bonds are wei on the module's account, as all bonds are; the authorities are admitted. */
function bondValidators(overlay: Overlay, spec: GenesisSpec, { set }: EpochRules): void {
  const authorities = set.validators.filter(({ authority }) => authority)
  const seats = authorities.map(({ address }) => address)
  governAtGenesis(systemState(overlay, GOVERNANCE_ADDRESS), spec.params.governance, seats)
  for (const { stake } of set.validators) overlay.mint(STAKING_ADDRESS, stake)
  const state = systemState(overlay, STAKING_ADDRESS)
  bondAtGenesis(state, set.validators)
  recordEpoch(state, { epoch: FIRST_EPOCH, startSeconds: spec.timestamp, set })
}

/** The balances of the accounts that the rollup begins with are wei on the module's account. */
function startRollup(overlay: Overlay, { params, timestamp }: GenesisSpec): void {
  const words = systemState(overlay, ROLLUP_ADDRESS)
  overlay.mint(ROLLUP_ADDRESS, rollupAtGenesis(words, params.rollup, timestamp))
}

export function genesisChanges(spec: GenesisSpec, rules: EpochRules): StateChanges {
  const overlay = new Overlay(treeView(EMPTY_STATE))
  payAccounts(overlay, spec)
  bondValidators(overlay, spec, rules)
  startRollup(overlay, spec)
  const words = systemState(overlay, EPOCH_ADDRESS)
  saveParams(words, spec.params)
  saveCurrentRules(words, rules)
  saveAnnouncement(words, rules)
  startSupply(words, overlay.minted)
  return overlay.changes()
}

// Unbonding claims: money on its way out. It is slashed like what stayed, when it is paid: a slash
// visits nobody, it is only written down, and each claim knows how many there were when it began.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import {
  addressOf,
  addToWord,
  fieldOf,
  packFields,
  type ReadWords,
  slotAfter,
  type Words,
} from '../modules/storage-layout.ts'
import { BASIS_POINTS, STAKING_ADDRESS } from '../params.ts'
import { payOutSlashed } from './slashed-money.ts'
import { WITHDRAWN } from './staking-abi.ts'
import type { Outcome } from './staking-refusals.ts'
import { claimCountSlot, claimSlot, slashSlot, TOTAL_CLAIMS } from './staking-storage.ts'
import { loadValidator } from './validator-record.ts'

export interface Claim {
  readonly validator: Hex
  /** Wei, before slashes. */
  readonly amount: bigint
  /** Unix seconds: from then on it can be withdrawn. */
  readonly maturesAt: number
  /** Slashes of the validator before this claim began: they do not concern it. */
  readonly slashes: number
}

export function claimCount(words: ReadWords, owner: Hex): number {
  return Number(words.load(claimCountSlot(owner)))
}

export function loadClaim(words: ReadWords, owner: Hex, index: number): Claim {
  const base = claimSlot(owner, index)
  const head = words.load(base)
  return {
    validator: addressOf(head),
    maturesAt: Number(fieldOf(head, 160, 48)),
    slashes: Number(fieldOf(head, 208, 16)),
    amount: words.load(slotAfter(base, 1)),
  }
}

function saveClaim(words: Words, owner: Hex, index: number, claim: Claim | undefined): void {
  const base = claimSlot(owner, index)
  const head = claim && [
    [BigInt(claim.validator), 160] as const,
    [claim.maturesAt, 48] as const,
    [claim.slashes, 16] as const,
  ]
  words.save(base, head ? packFields(head) : 0n)
  words.save(slotAfter(base, 1), claim?.amount ?? 0n)
}

export function addClaim(words: Words, owner: Hex, claim: Claim): void {
  const count = claimCount(words, owner)
  saveClaim(words, owner, count, claim)
  words.save(claimCountSlot(owner), BigInt(count + 1))
}

/** What slashes since it began have left of a claim. */
export function claimWorth(words: ReadWords, claim: Claim): bigint {
  const slashes = loadValidator(words, claim.validator)?.slashes ?? 0
  let worth = claim.amount
  for (let i = claim.slashes; i < slashes; i++) {
    const share = fieldOf(words.load(slashSlot(claim.validator, i)), 0, 16)
    worth -= (worth * share) / BASIS_POINTS
  }
  return worth
}

/** Pays every claim of the caller that has matured, less its slashes. */
export function withdraw(call: ModuleCall): Outcome {
  const { state, caller } = call
  const kept: Claim[] = []
  let paid = 0n
  let total = 0n
  const count = claimCount(state, caller)
  for (let i = 0; i < count; i++) {
    const claim = loadClaim(state, caller, i)
    if (claim.maturesAt > call.timestamp) {
      kept.push(claim)
      continue
    }
    total += claim.amount
    paid += claimWorth(state, claim)
  }
  if (kept.length === count) return 'NOTHING_MATURED'
  for (let i = 0; i < count; i++) saveClaim(state, caller, i, kept[i])
  state.save(claimCountSlot(caller), BigInt(kept.length))
  addToWord(state, TOTAL_CLAIMS, -total)
  state.transfer(STAKING_ADDRESS, caller, paid)
  const slashed = total - paid
  payOutSlashed(state, slashed)
  call.emit(encodeLog(STAKING_ADDRESS, WITHDRAWN, [caller], [paid, slashed]))
  return EMPTY
}

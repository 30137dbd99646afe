// The staking module's storage layout; docs/spec/staking.md has it as a table.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { addToWord, mappingSlot, slotOf, type Words } from '../modules/storage-layout.ts'

/** Wei bonded: self-bonds and delegations. */
export const TOTAL_BONDED = slotOf(0n)
/** Wei in unbonding claims, before what slashes take of them. */
export const TOTAL_CLAIMS = slotOf(1n)
/** Wei of rewards that were paid in and not out, the pot included. */
export const TOTAL_REWARDS = slotOf(2n)
/** Wei of rewards that wait for the end of the epoch to be shared out. */
export const POT = slotOf(3n)
export const CANDIDATE_COUNT = slotOf(4n)
/** Validators ever registered: each one's serial number. */
export const SERIAL = slotOf(5n)
/** Records of epochs: oldest(64) and, in the bits above, latest(64), each plus one. */
export const EPOCH_SPAN = slotOf(6n)

const CANDIDATES = 8
const VALIDATORS = 9
const KEY_OWNERS = 10
const DELEGATIONS = 11
const CLAIMS = 12
const EPOCHS = 13
const WEIGHTS = 14
const SLASHES = 15
const PUNISHED = 16
const GUILTY = 17

export const candidateSlot = (index: number) => mappingSlot(index, CANDIDATES)
/** Base of nine words. */
export const validatorSlot = (operator: Hex) => mappingSlot(operator, VALIDATORS)
export const keyOwnerSlot = (key: Uint8Array) => mappingSlot(bytesToHex(keccak(key)), KEY_OWNERS)
/** Base of three words. */
export function delegationSlot(validator: Hex, delegator: Hex): Hex {
  return mappingSlot(delegator, mappingSlot(validator, DELEGATIONS))
}
/** The number of claims; each has three words at `claimSlot`. */
export const claimCountSlot = (owner: Hex) => mappingSlot(owner, CLAIMS)
export const claimSlot = (owner: Hex, index: number) => mappingSlot(index, claimCountSlot(owner))
/** Base of two words. */
export const epochSlot = (epoch: number) => mappingSlot(epoch, EPOCHS)
/** The number of changes of a validator's weight; each has one word at `weightSlot`. */
export const weightCountSlot = (operator: Hex) => mappingSlot(operator, WEIGHTS)
export function weightSlot(operator: Hex, index: number): Hex {
  return mappingSlot(index, weightCountSlot(operator))
}
export function slashSlot(validator: Hex, index: number): Hex {
  return mappingSlot(index, mappingSlot(validator, SLASHES))
}
/** 1 once the validator was punished for this class of offence in this epoch. */
export function punishedSlot(epoch: number, validator: Hex, lesser: boolean): Hex {
  return mappingSlot(lesser ? 1 : 0, mappingSlot(validator, mappingSlot(epoch, PUNISHED)))
}
/** Base of two words: how many and how much are guilty; the guilty are listed behind. */
export const guiltySlot = (epoch: number) => mappingSlot(epoch, GUILTY)
export const culpritSlot = (epoch: number, index: number) => mappingSlot(index, guiltySlot(epoch))

/** Wei that the module owes in all. */
export function owed(words: Pick<Words, 'load'>): bigint {
  return words.load(TOTAL_BONDED) + words.load(TOTAL_CLAIMS) + words.load(TOTAL_REWARDS)
}

/** Moves a debt of the module from one total to another. */
export function moveDebt(words: Words, from: Hex, to: Hex, amount: bigint): void {
  addToWord(words, from, -amount)
  addToWord(words, to, amount)
}

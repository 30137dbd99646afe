// What a proposal would change, and whether that is possible: asked when it is made, and again when
// it is executed, because much can have happened in between.

import { bytesToBigint } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { ModuleState } from '../modules/module.ts'
import { addressOf, type ReadWords, saveWord, slotOf } from '../modules/storage-layout.ts'
import {
  EPOCH_ADDRESS,
  GOVERNANCE_ADDRESS,
  MARKET_ADDRESS,
  ROLLUP_ADDRESS,
  STAKING_ADDRESS,
  TREASURY_ADDRESS,
} from '../params.ts'
import { shardCount } from '../rollup/rollup-storage.ts'
import { stepFault } from '../rollup/shard-change.ts'
import type { GovernanceRefusal } from './governance-refusals.ts'
import { admittedSlot, isAdmitted, PINNED, pinnedMode } from './governance-storage.ts'
import {
  isParameter,
  isPossible,
  type ParameterName,
  parameterSlot,
  parametersOf,
  parameterWord,
  readParameter,
} from './parameters.ts'
import type { Proposal } from './proposal.ts'

export type Change = Pick<Proposal, 'kind' | 'subject' | 'value'>

const NOTHING: Hex = slotOf(0n)

/** Money sent there would be nobody's. */
const UNPAYABLE: readonly Hex[] = [
  addressOf(0n),
  TREASURY_ADDRESS,
  EPOCH_ADDRESS,
  MARKET_ADDRESS,
  STAKING_ADDRESS,
  GOVERNANCE_ADDRESS,
]

export function parameterChange(name: ParameterName, value: bigint): Change {
  return { kind: 'parameter', subject: parameterWord(name), value }
}

export function seatChange(kind: 'admit' | 'remove', operator: Hex): Change {
  return { kind, subject: slotOf(BigInt(operator)), value: 0n }
}

export function pinChange(mode: bigint): Change {
  return { kind: 'pin', subject: NOTHING, value: mode }
}

export const UNPIN_CHANGE: Change = { kind: 'unpin', subject: NOTHING, value: 0n }

export function spendChange(to: Hex, amount: bigint): Change {
  return { kind: 'spend', subject: slotOf(BigInt(to)), value: amount }
}

/** The name in the subject of a parameter change. */
function nameIn(subject: Hex): ParameterName {
  const bytes = hexToBytes(subject)
  const end = bytes.indexOf(0)
  const name = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
  return name as ParameterName
}

const addressIn = (subject: Hex) => addressOf(bytesToBigint(hexToBytes(subject)))

/** As many shards as there are take back a change that is to come. */
function shardsRefusal(state: ModuleState, shards: number): GovernanceRefusal | undefined {
  const words: ReadWords = { load: (slot) => state.loadOf(ROLLUP_ADDRESS, slot) }
  if (shards !== shardCount(words)) return stepFault(words, shards)
  return readParameter(state, 'rollup_shards') === 0n ? 'ALREADY_SO' : undefined
}

/** Why the change cannot be made as things are; undefined if it can. */
export function changeRefusal(state: ModuleState, change: Change): GovernanceRefusal | undefined {
  const { kind, subject, value } = change
  switch (kind) {
    case 'parameter': {
      const name = nameIn(subject)
      if (!isParameter(name)) return 'UNKNOWN_PARAMETER'
      if (!isPossible(parametersOf(state), name, value)) return 'VALUE_NOT_POSSIBLE'
      if (readParameter(state, name) === value) return 'ALREADY_SO'
      return name === 'rollup_shards' ? shardsRefusal(state, Number(value)) : undefined
    }
    case 'admit':
      return isAdmitted(state, addressIn(subject)) ? 'ALREADY_SO' : undefined
    case 'remove':
      return isAdmitted(state, addressIn(subject)) ? undefined : 'ALREADY_SO'
    case 'pin':
      if (value > 2n) return 'BAD_MODE'
      return pinnedMode(state) === Number(value) ? 'ALREADY_SO' : undefined
    case 'unpin':
      return pinnedMode(state) === undefined ? 'ALREADY_SO' : undefined
    case 'spend':
      if (value === 0n) return 'ZERO_AMOUNT'
      return UNPAYABLE.includes(addressIn(subject)) ? 'BAD_ADDRESS' : undefined
  }
}

/** Makes the change; it was found possible. */
export function makeChange(state: ModuleState, change: Change): GovernanceRefusal | undefined {
  const { kind, subject, value } = change
  switch (kind) {
    case 'parameter':
      saveWord(state, parameterSlot(nameIn(subject)), value + 1n)
      return undefined
    case 'admit':
    case 'remove':
      saveWord(state, admittedSlot(addressIn(subject)), kind === 'admit' ? 1n : 0n)
      return undefined
    case 'pin':
    case 'unpin':
      saveWord(state, PINNED, kind === 'pin' ? value + 1n : 0n)
      return undefined
    case 'spend':
      if (state.balance(TREASURY_ADDRESS) < value) return 'TREASURY_TOO_LOW'
      state.transfer(TREASURY_ADDRESS, addressIn(subject), value)
      return undefined
  }
}

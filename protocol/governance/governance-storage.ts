// The governance module's storage layout:
//   slot 0                            number of proposals
//   keccak(name ‖ 1)                  a parameter: 0 if unchanged, else its value and one
//   keccak(operator ‖ 2)              1 if the operator may have an authority's seat
//   slot 3                            0 if no mode is pinned, else the mode and one
//   keccak(id ‖ 4) + 0 … 7            a proposal, in the order of `saveProposal`
//   keccak(operator ‖ keccak(id ‖ 5)) how an operator voted: 0 not, 1 for, 2 against
//   keccak(operator ‖ 6)              epoch of the operator's last proposal, and one

import type { Hex } from '../../lib/hex.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import {
  addressOf,
  fieldOf,
  mappingSlot,
  packFields,
  type ReadWords,
  saveWord,
  slotAfter,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import { PROPOSAL_KINDS, type Proposal } from './proposal.ts'

export const PROPOSAL_COUNT = slotOf(0n)
export const PINNED = slotOf(3n)
const ADMITTED = 2
const PROPOSALS = 4
const VOTES = 5
const LAST_PROPOSALS = 6

export const admittedSlot = (operator: Hex) => mappingSlot(operator, ADMITTED)
export const lastProposalSlot = (operator: Hex) => mappingSlot(operator, LAST_PROPOSALS)
export function voteSlot(id: bigint, operator: Hex): Hex {
  return mappingSlot(operator, mappingSlot(id, VOTES))
}

/** Whether governance (or the genesis) gave this operator an authority's seat. */
export function isAdmitted(words: ReadWords, operator: Hex): boolean {
  return words.load(admittedSlot(operator)) === 1n
}

/** The mode that a vote has pinned, if any. */
export function pinnedMode(words: ReadWords): ModeNumber | undefined {
  const word = words.load(PINNED)
  return word === 0n ? undefined : (Number(word - 1n) as ModeNumber)
}

/** Undefined if there is none with this number; they are numbered from 1. */
export function loadProposal(words: ReadWords, id: bigint): Proposal | undefined {
  const base = mappingSlot(id, PROPOSALS)
  const word = (offset: number) => words.load(slotAfter(base, offset))
  const head = word(0)
  if (head === 0n) return undefined
  const kind = PROPOSAL_KINDS[Number(fieldOf(head, 160, 8))]
  if (kind === undefined || kind === 'none') return undefined
  const times = word(3)
  const counts = word(7)
  return {
    kind,
    proposer: addressOf(head),
    executed: fieldOf(head, 168, 8) === 1n,
    subject: slotOf(word(1)),
    value: word(2),
    epoch: Number(fieldOf(times, 0, 48)),
    votingEnds: Number(fieldOf(times, 48, 48)),
    executionEnds: Number(fieldOf(times, 96, 48)),
    stakeTotal: word(4),
    stakeFor: word(5),
    stakeAgainst: word(6),
    authoritiesTotal: Number(fieldOf(counts, 0, 32)),
    authoritiesFor: Number(fieldOf(counts, 32, 32)),
    authoritiesAgainst: Number(fieldOf(counts, 64, 32)),
    quorum: Number(fieldOf(counts, 96, 16)),
    threshold: Number(fieldOf(counts, 112, 16)),
  }
}

export function saveProposal(words: Words, id: bigint, proposal: Proposal): void {
  const { proposer, kind, executed, epoch, votingEnds, executionEnds } = proposal
  const head = packFields([
    [BigInt(proposer), 160],
    [PROPOSAL_KINDS.indexOf(kind), 8],
    [executed ? 1 : 0, 8],
  ])
  const times = packFields([
    [epoch, 48],
    [votingEnds, 48],
    [executionEnds, 48],
  ])
  const counts = packFields([
    [proposal.authoritiesTotal, 32],
    [proposal.authoritiesFor, 32],
    [proposal.authoritiesAgainst, 32],
    [proposal.quorum, 16],
    [proposal.threshold, 16],
  ])
  const { stakeTotal, stakeFor, stakeAgainst } = proposal
  const subject = BigInt(proposal.subject)
  const all = [head, subject, proposal.value, times, stakeTotal, stakeFor, stakeAgainst, counts]
  const base = mappingSlot(id, PROPOSALS)
  for (const [i, word] of all.entries()) saveWord(words, slotAfter(base, i), word)
}

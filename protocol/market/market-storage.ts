// The market's storage layout, as a Solidity contract would have it:
//   slot 0                              sum of all deposits
//   slot 1                              sum of all locked escrows
//   keccak(owner ‖ 2)                   deposit of an owner
//   keccak(operator ‖ keccak(owner ‖ 3))  allowance of an operator
//   keccak(jobId ‖ 4) + 0 … 9           an escrow, in the order of `saveEscrow`

import { assert } from '../../lib/assert.ts'
import { bigintToBytes, concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import type { ModuleState } from '../modules/module.ts'
import { ESCROW_STATES, type Escrow } from './escrow.ts'

const slotHex = (slot: bigint): Hex => bytesToHex(bigintToBytes(slot & MASK_256, 32))
const MASK_256 = (1n << 256n) - 1n
const MASK_160 = (1n << 160n) - 1n
const MASK_64 = (1n << 64n) - 1n

export const TOTAL_DEPOSITS_SLOT = slotHex(0n)
export const TOTAL_LOCKED_SLOT = slotHex(1n)

function mapping(key: Hex, base: Uint8Array): Uint8Array {
  const word = new Uint8Array(32)
  const bytes = hexToBytes(key)
  word.set(bytes, 32 - bytes.length)
  return keccak(concatBytes(word, base))
}

export function depositSlot(owner: Hex): Hex {
  return bytesToHex(mapping(owner, bigintToBytes(2n, 32)))
}

export function allowanceSlot(owner: Hex, operator: Hex): Hex {
  return bytesToHex(mapping(operator, mapping(owner, bigintToBytes(3n, 32))))
}

/** The slots of an escrow's words, in order. */
export function escrowSlots(jobId: Hex): Hex[] {
  const base = BigInt(bytesToHex(mapping(jobId, bigintToBytes(4n, 32))))
  return Array.from({ length: 10 }, (_, i) => slotHex(base + BigInt(i)))
}

const address = (word: bigint): Hex => bytesToHex(bigintToBytes(word & MASK_160, 20))

/** Undefined if the job has no escrow. */
export function loadEscrow(state: Pick<ModuleState, 'load'>, jobId: Hex): Escrow | undefined {
  const words = escrowSlots(jobId).map((slot) => state.load(slot))
  const word = (i: number) => words[i] as bigint
  if (word(0) === 0n) return undefined
  const named = ESCROW_STATES[Number((word(0) >> 160n) & 0xffn)]
  assert(named !== undefined && named !== 'none', 'market: an escrow in no known state')
  return {
    consumer: address(word(0)),
    state: named,
    attempts: Number((word(0) >> 168n) & 0xffn),
    fromDeposit: ((word(0) >> 176n) & 1n) === 1n,
    coordinator: address(word(1)),
    deadline: (word(1) >> 160n) & MASK_64,
    provider: address(word(2)),
    leaseUntil: (word(2) >> 160n) & MASK_64,
    requestHash: slotHex(word(3)),
    modelRoot: slotHex(word(4)),
    priceCap: word(5),
    price: word(6),
    receiptHash: slotHex(word(7)),
    paid: word(8),
    refunded: word(9),
  }
}

export function saveEscrow(state: ModuleState, jobId: Hex, escrow: Escrow): void {
  const flags =
    BigInt(ESCROW_STATES.indexOf(escrow.state)) |
    (BigInt(escrow.attempts) << 8n) |
    (escrow.fromDeposit ? 1n << 16n : 0n)
  const words = [
    BigInt(escrow.consumer) | (flags << 160n),
    BigInt(escrow.coordinator) | (escrow.deadline << 160n),
    BigInt(escrow.provider) | (escrow.leaseUntil << 160n),
    BigInt(escrow.requestHash),
    BigInt(escrow.modelRoot),
    escrow.priceCap,
    escrow.price,
    BigInt(escrow.receiptHash),
    escrow.paid,
    escrow.refunded,
  ]
  for (const [i, slot] of escrowSlots(jobId).entries()) {
    if (state.load(slot) !== words[i]) state.save(slot, words[i] as bigint)
  }
}

/** Adds to (or takes from) a running total or a balance kept in one slot. */
export function addTo(state: ModuleState, slot: Hex, amount: bigint): void {
  const sum = state.load(slot) + amount
  assert(sum >= 0n && sum <= MASK_256, 'market: a total left its range')
  state.save(slot, sum)
}

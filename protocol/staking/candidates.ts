// The validators that can be in a set: bonded enough, not jailed, not out. A list, because each
// epoch looks at all of them; it has a limit, and leaving it costs the same whatever its length.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { ModuleState } from '../modules/module.ts'
import { addressOf } from '../modules/storage-layout.ts'
import { CANDIDATES_MAX } from '../params.ts'
import { loadPool } from './pool.ts'
import { admitted, parameter } from './staking-context.ts'
import { CANDIDATE_COUNT, candidateSlot } from './staking-storage.ts'
import {
  loadBlsKey,
  loadValidator,
  loadVrfKey,
  saveValidator,
  type ValidatorRecord,
} from './validator-record.ts'

function append(state: ModuleState, operator: Hex, record: ValidatorRecord): boolean {
  const count = Number(state.load(CANDIDATE_COUNT))
  if (count >= CANDIDATES_MAX) {
    saveValidator(state, operator, record)
    return false
  }
  state.save(candidateSlot(count), BigInt(operator))
  state.save(CANDIDATE_COUNT, BigInt(count + 1))
  saveValidator(state, operator, { ...record, listed: count + 1 })
  return true
}

/** The last one takes the free place. */
function remove(state: ModuleState, operator: Hex, record: ValidatorRecord): void {
  const last = Number(state.load(CANDIDATE_COUNT)) - 1
  const place = record.listed - 1
  saveValidator(state, operator, { ...record, listed: 0 })
  if (place !== last) {
    const moved = addressOf(state.load(candidateSlot(last)))
    const other = loadValidator(state, moved) as ValidatorRecord
    state.save(candidateSlot(place), BigInt(moved))
    saveValidator(state, moved, { ...other, listed: place + 1 })
  }
  state.save(candidateSlot(last), 0n)
  state.save(CANDIDATE_COUNT, BigInt(last))
}

/** Saves the record, in the list or out of it as its bond says. False if the list is full. */
export function enlist(state: ModuleState, operator: Hex, record: ValidatorRecord): boolean {
  const { tokens } = loadPool(state, operator)
  const enough = tokens >= parameter(state, 'stake_minimum_wei')
  const fit = enough && !record.jailed && !record.tombstoned
  if (fit && record.listed === 0) return append(state, operator, record)
  if (!fit && record.listed > 0) remove(state, operator, record)
  else saveValidator(state, operator, record)
  return true
}

export interface Candidate {
  readonly address: Hex
  readonly blsPublicKey: Hex
  readonly vrfPublicKey: Hex
  readonly stake: bigint
  /** Admitted by governance, and bonded as an authority must be. */
  readonly authorityWanted: boolean
}

/**
 * Everybody who can be in a set now, in the order of registration. What is bonded, registered or
 * rotated in an epoch is announced at its end and acts two epochs later, keys with it.
 */
export function snapshotValidators(state: ModuleState): Candidate[] {
  const least = parameter(state, 'stake_minimum_wei')
  const authorityLeast = parameter(state, 'authority_minimum_wei')
  const found: (Candidate & { readonly serial: number })[] = []
  const count = Number(state.load(CANDIDATE_COUNT))
  for (let i = 0; i < count; i++) {
    const address = addressOf(state.load(candidateSlot(i)))
    const { tokens: stake } = loadPool(state, address)
    if (stake < least) continue
    found.push({
      serial: (loadValidator(state, address) as ValidatorRecord).serial,
      address,
      blsPublicKey: bytesToHex(loadBlsKey(state, address)),
      vrfPublicKey: loadVrfKey(state, address),
      stake,
      authorityWanted: stake >= authorityLeast && admitted(state, address),
    })
  }
  found.sort((a, b) => a.serial - b.serial)
  return found.map(({ serial: _, ...candidate }) => candidate)
}

// Becoming a validator, and changing its VRF key. A BLS key is registered once, for ever: what it
// signed can then be held against one operator only.

import { EMPTY } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ChainIdentity } from '../consensus/vote.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { ModuleCall, ModuleState } from '../modules/module.ts'
import { BASIS_POINTS, STAKING_ADDRESS } from '../params.ts'
import { addBond } from './bonding.ts'
import { registrationDigest } from './registration-digest.ts'
import { REGISTERED, VRF_KEY_ROTATED } from './staking-abi.ts'
import { parameter } from './staking-context.ts'
import type { Outcome, StakingRefusal } from './staking-refusals.ts'
import { keyOwnerSlot, SERIAL } from './staking-storage.ts'
import { loadValidator, saveBlsKey, saveValidator, saveVrfKey } from './validator-record.ts'

export interface RegistrationRules {
  readonly chain: ChainIdentity
  readonly bls: Bls
}

type Arguments = readonly [Uint8Array, Uint8Array, Uint8Array, Hex, bigint]

const KEY_BYTES = 48
const SIGNATURE_BYTES = 96

function isUsed(state: ModuleState, key: Uint8Array): boolean {
  return state.load(keyOwnerSlot(key)) !== 0n
}

function takeKey(state: ModuleState, key: Uint8Array, operator: Hex): void {
  state.save(keyOwnerSlot(key), BigInt(operator))
}

const isZero = (vrfPublicKey: Hex) => BigInt(vrfPublicKey) === 0n

/** The cheap checks first: the signatures take milliseconds. */
function check(
  call: ModuleCall,
  [blsPublicKey, possession, authorization, vrfPublicKey, commission]: Arguments,
  { chain, bls }: RegistrationRules,
): StakingRefusal | undefined {
  const { state, caller } = call
  if (loadValidator(state, caller) !== undefined) return 'ALREADY_REGISTERED'
  const proofs = [possession, authorization]
  if (blsPublicKey.length !== KEY_BYTES) return 'BAD_KEY_LENGTH'
  if (proofs.some((proof) => proof.length !== SIGNATURE_BYTES)) return 'BAD_KEY_LENGTH'
  if (isZero(vrfPublicKey)) return 'BAD_VRF_KEY'
  if (isUsed(state, blsPublicKey) || isUsed(state, hexToBytes(vrfPublicKey))) return 'KEY_IN_USE'
  if (commission > BASIS_POINTS) return 'BAD_COMMISSION'
  if (call.value < parameter(state, 'stake_minimum_wei')) return 'STAKE_TOO_LOW'
  if (!bls.verifyPossession(blsPublicKey, possession)) return 'BAD_POSSESSION'
  const digest = registrationDigest(chain, caller, vrfPublicKey)
  return bls.verify(blsPublicKey, digest, authorization) ? undefined : 'BAD_AUTHORIZATION'
}

/** The value becomes the self-bond. */
export function register(call: ModuleCall, args: Arguments, rules: RegistrationRules): Outcome {
  const refusal = check(call, args, rules)
  if (refusal !== undefined) return refusal
  const [blsPublicKey, , , vrfPublicKey, commission] = args
  enter(call.state, call.caller, { blsPublicKey, vrfPublicKey, commission })
  const data = [blsPublicKey, vrfPublicKey, commission] as const
  call.emit(encodeLog(STAKING_ADDRESS, REGISTERED, [call.caller], data))
  return addBond(call, call.caller, call.value)
}

interface Keys {
  readonly blsPublicKey: Uint8Array
  readonly vrfPublicKey: Hex
  readonly commission: bigint
}

/** Writes the record of a new validator with nothing bonded. Its keys must be checked. */
export function enter(state: ModuleState, operator: Hex, keys: Keys): void {
  const { blsPublicKey, vrfPublicKey, commission } = keys
  const serial = Number(state.load(SERIAL)) + 1
  state.save(SERIAL, BigInt(serial))
  takeKey(state, blsPublicKey, operator)
  takeKey(state, hexToBytes(vrfPublicKey), operator)
  saveBlsKey(state, operator, blsPublicKey)
  saveVrfKey(state, operator, vrfPublicKey)
  saveValidator(state, operator, {
    serial,
    commission,
    tombstoned: false,
    jailed: false,
    jailedUntil: 0,
    listed: 0,
    lesserOffences: 0,
    slashes: 0,
  })
}

/** The sets of this epoch and the next keep the old key; it is never used again after them. */
export function rotateVrfKey(call: ModuleCall, [vrfPublicKey]: readonly [Hex]): Outcome {
  const { state, caller } = call
  const record = loadValidator(state, caller)
  if (record === undefined) return 'NOT_REGISTERED'
  if (record.tombstoned) return 'TOMBSTONED'
  if (isZero(vrfPublicKey)) return 'BAD_VRF_KEY'
  if (isUsed(state, hexToBytes(vrfPublicKey))) return 'KEY_IN_USE'
  takeKey(state, hexToBytes(vrfPublicKey), caller)
  saveVrfKey(state, caller, vrfPublicKey)
  call.emit(encodeLog(STAKING_ADDRESS, VRF_KEY_ROTATED, [caller], [vrfPublicKey]))
  return EMPTY
}

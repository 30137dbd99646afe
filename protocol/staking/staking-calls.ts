// Calldata of the staking module's functions with named arguments, and what its views return, for
// the command line, the SDK and tests.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeArguments } from '../abi/codec.ts'
import { encodeCall } from '../abi/function.ts'
import type { ChainIdentity } from '../consensus/vote.ts'
import type { Bls } from '../crypto/signatures.ts'
import { registrationDigest } from './registration-digest.ts'
import * as abi from './staking-abi.ts'
import { VALIDATOR_STATUSES, type ValidatorStatus } from './validator-status.ts'

export interface Registration {
  /** 48 bytes. */
  readonly blsPublicKey: Uint8Array
  /** 96 bytes: `bls.provePossession`. */
  readonly possession: Uint8Array
  /** 96 bytes: the key's signature over `registrationDigest`. */
  readonly authorization: Uint8Array
  readonly vrfPublicKey: Hex
  /** Basis points of rewards that the operator keeps before delegators share. */
  readonly commission: number
}

/** Everything that a consensus key must sign to be registered for `operator`. */
export function makeRegistration(
  bls: Bls,
  chain: ChainIdentity,
  secretKey: Uint8Array,
  terms: { readonly operator: Hex; readonly vrfPublicKey: Hex; readonly commission: number },
): Registration {
  const { operator, vrfPublicKey, commission } = terms
  const digest = registrationDigest(chain, operator, vrfPublicKey)
  return {
    blsPublicKey: bls.publicKey(secretKey),
    possession: bls.provePossession(secretKey),
    authorization: bls.sign(secretKey, digest),
    vrfPublicKey,
    commission,
  }
}

/** To be sent with the self-bond as `value`. */
export function encodeRegister(registration: Registration): Uint8Array {
  const { blsPublicKey, possession, authorization, vrfPublicKey, commission } = registration
  const args = [blsPublicKey, possession, authorization, vrfPublicKey, BigInt(commission)] as const
  return encodeCall(abi.REGISTER, args)
}

export const encodeRotateVrfKey = (vrf: Hex) => encodeCall(abi.ROTATE_VRF_KEY, [vrf])
/** To be sent with `value`. */
export const encodeBond = () => encodeCall(abi.BOND, [])
/** To be sent with `value`. */
export const encodeDelegate = (validator: Hex) => encodeCall(abi.DELEGATE, [validator])
export const encodeWithdraw = () => encodeCall(abi.WITHDRAW, [])
export const encodeClaimRewards = (validator: Hex) => encodeCall(abi.CLAIM_REWARDS, [validator])
export const encodeUnjail = () => encodeCall(abi.UNJAIL, [])
export const encodeSubmitEvidence = (evidence: Uint8Array) =>
  encodeCall(abi.SUBMIT_EVIDENCE, [evidence])
export const encodeValidatorOf = (operator: Hex) => encodeCall(abi.VALIDATOR_OF, [operator])
export const encodeClaimsOf = (owner: Hex) => encodeCall(abi.CLAIMS_OF, [owner])
export const encodeAuthority = (operator: Hex) => encodeCall(abi.AUTHORITY, [operator])
export const encodeTotalBonded = () => encodeCall(abi.TOTAL_BONDED, [])
export const encodeValidatorCount = () => encodeCall(abi.VALIDATOR_COUNT, [])
export const encodeValidatorAt = (index: bigint) => encodeCall(abi.VALIDATOR_AT, [index])

export function encodeUnbond(validator: Hex, amount: bigint): Uint8Array {
  return encodeCall(abi.UNBOND, [validator, amount])
}

export function encodeDelegationOf(validator: Hex, delegator: Hex): Uint8Array {
  return encodeCall(abi.DELEGATION_OF, [validator, delegator])
}

export function encodeClaimOf(owner: Hex, index: bigint): Uint8Array {
  return encodeCall(abi.CLAIM_OF, [owner, index])
}

export function encodeOperatorOfKey(blsPublicKey: Hex): Uint8Array {
  return encodeCall(abi.OPERATOR_OF_KEY, [hexToBytes(blsPublicKey)])
}

export function encodeWeightOf(operator: Hex, epoch: number): Uint8Array {
  return encodeCall(abi.WEIGHT_OF, [operator, BigInt(epoch)])
}

export interface ValidatorView {
  readonly status: ValidatorStatus
  readonly blsPublicKey: Hex
  readonly vrfPublicKey: Hex
  readonly commission: number
  /** Wei: self-bond and delegations. */
  readonly bonded: bigint
  readonly shares: bigint
  /** Unix seconds; 0 if not jailed. */
  readonly jailedUntil: number
  readonly commissionOwed: bigint
  /** By governance, to the authorities. */
  readonly admitted: boolean
}

/** Throws AbiError. */
export function decodeValidatorOf(output: Uint8Array): ValidatorView {
  const fields = decodeArguments(abi.VALIDATOR_OF.outputs, output)
  const [status, key, vrfPublicKey, commission, bonded, shares, until, owed, admitted] = fields
  return {
    status: VALIDATOR_STATUSES[Number(status)] ?? 'none',
    blsPublicKey: bytesToHex(key),
    vrfPublicKey,
    commission: Number(commission),
    bonded,
    shares,
    jailedUntil: Number(until),
    commissionOwed: owed,
    admitted,
  }
}

/** Throws AbiError. `rewards` in wei, ready to be claimed. */
export function decodeDelegationOf(output: Uint8Array) {
  const [bonded, shares, rewards] = decodeArguments(abi.DELEGATION_OF.outputs, output)
  return { bonded, shares, rewards }
}

/** Throws AbiError. `worth` is what is left of `amount` after slashes. */
export function decodeClaimOf(output: Uint8Array) {
  const [validator, amount, worth, maturesAt] = decodeArguments(abi.CLAIM_OF.outputs, output)
  return { validator, amount, worth, maturesAt: Number(maturesAt) }
}

// The file that a light client begins with: the rules of an epoch and when they were known to be in
// force. It is as trustworthy as whoever gave it: nothing in it proves itself. Canonical JSON, so
// that two people can compare it by its hash.

import { LIGHT_CHECKPOINT_BYTES_MAX } from '../../config/limits.ts'
import { utf8 } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import type { RulesDigest } from '../consensus/checkpoint.ts'
import {
  MODE_NAMES,
  type ModeNumber,
  VALIDATORS_MAX,
  type Validator,
  type ValidatorSet,
  validatorSetHash,
} from '../consensus/validator-set.ts'
import { WEAK_SUBJECTIVITY_MS } from '../params.ts'
import { canonicalJson, JcsError, parseCanonicalJson } from '../receipt/jcs.ts'
import { type Refused, refuse } from './light-refusals.ts'
import type { LightState } from './light-state.ts'

export const LIGHT_CHECKPOINT_FORMAT = 'aitbc-light-checkpoint/1'

export interface LightCheckpoint extends LightState {
  readonly announcedSet: ValidatorSet
  /** Unix time up to which these validators were known to be bonded. */
  readonly asOfMs: number
}

function rulesJson({ mode, balancedStake }: RulesDigest, set: ValidatorSet): unknown {
  const { numerator, denominator } = balancedStake
  return {
    mode: MODE_NAMES[mode],
    balanced_stake: [numerator.toString(), denominator.toString()],
    validators: set.validators.map((validator) => ({
      address: validator.address,
      bls_public_key: validator.blsPublicKey,
      vrf_public_key: validator.vrfPublicKey,
      stake: validator.stake.toString(),
      authority: validator.authority,
    })),
  }
}

/** The text of the file. */
export function encodeLightCheckpoint(checkpoint: LightCheckpoint): string {
  const { chain, epoch, certified, asOfMs } = checkpoint
  return canonicalJson({
    format: LIGHT_CHECKPOINT_FORMAT,
    chain_id: Number(chain.chainId),
    genesis_hash: chain.genesisHash,
    epoch,
    height: certified.height,
    block_hash: certified.hash,
    as_of_ms: asOfMs,
    rules: rulesJson(checkpoint.rules, checkpoint.set),
    announced: rulesJson(checkpoint.announced, checkpoint.announcedSet),
  })
}

type Fields = Record<string, unknown>

class Bad extends Error {}

function fields(value: unknown, path: string, names: readonly string[]): Fields {
  const known = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!known || Object.keys(value).sort().join() !== [...names].sort().join()) {
    throw new Bad(`${path} must have exactly ${names.join(', ')}`)
  }
  return value as Fields
}

function whole(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new Bad(`${path} must be a whole number`)
  }
  return value as number
}

function hexOf(value: unknown, length: number, path: string): Hex {
  if (
    typeof value !== 'string' ||
    value.length !== 2 + 2 * length ||
    !/^0x[0-9a-f]*$/.test(value)
  ) {
    throw new Bad(`${path} must be 0x and ${2 * length} lower-case hex digits`)
  }
  return value as Hex
}

function decimal(value: unknown, path: string): bigint {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,76})$/.test(value)) {
    throw new Bad(`${path} must be a decimal number in quotes`)
  }
  return BigInt(value)
}

function readValidator(value: unknown, index: number, path: string): Validator {
  const names = ['address', 'bls_public_key', 'vrf_public_key', 'stake', 'authority']
  const f = fields(value, path, names)
  if (typeof f.authority !== 'boolean') throw new Bad(`${path}.authority must be true or false`)
  return {
    index,
    address: hexOf(f.address, 20, `${path}.address`),
    blsPublicKey: hexOf(f.bls_public_key, 48, `${path}.bls_public_key`),
    vrfPublicKey: hexOf(f.vrf_public_key, 32, `${path}.vrf_public_key`),
    stake: decimal(f.stake, `${path}.stake`),
    authority: f.authority,
  }
}

function readRules(value: unknown, path: string): { rules: RulesDigest; set: ValidatorSet } {
  const f = fields(value, path, ['mode', 'balanced_stake', 'validators'])
  const mode = MODE_NAMES.indexOf(f.mode as (typeof MODE_NAMES)[number])
  if (mode < 0) throw new Bad(`${path}.mode must be one of ${MODE_NAMES.join(', ')}`)
  const share = f.balanced_stake
  if (!Array.isArray(share) || share.length !== 2) throw new Bad(`${path}.balanced_stake`)
  const [numerator, denominator] = share.map((part) => decimal(part, `${path}.balanced_stake`))
  const list = f.validators
  if (!Array.isArray(list) || list.length === 0 || list.length > VALIDATORS_MAX) {
    throw new Bad(`${path}.validators must be a list of 1 to ${VALIDATORS_MAX}`)
  }
  const set = {
    validators: list.map((item, i) => readValidator(item, i, `${path}.validators[${i}]`)),
  }
  const balancedStake = { numerator: numerator as bigint, denominator: denominator as bigint }
  const rules = { mode: mode as ModeNumber, setHash: validatorSetHash(set), balancedStake }
  return { rules, set }
}

const NAMES = [
  'format',
  'chain_id',
  'genesis_hash',
  'epoch',
  'height',
  'block_hash',
  'as_of_ms',
  'rules',
  'announced',
]

function readFields(value: unknown): LightCheckpoint {
  const f = fields(value, 'the file', NAMES)
  if (f.format !== LIGHT_CHECKPOINT_FORMAT) {
    throw new Bad(`format must be ${LIGHT_CHECKPOINT_FORMAT}`)
  }
  const { rules, set } = readRules(f.rules, 'rules')
  const announced = readRules(f.announced, 'announced')
  return {
    chain: {
      chainId: BigInt(whole(f.chain_id, 'chain_id')),
      genesisHash: hexOf(f.genesis_hash, 32, 'genesis_hash'),
    },
    epoch: whole(f.epoch, 'epoch'),
    rules,
    set,
    announced: announced.rules,
    announcedSet: announced.set,
    certified: {
      height: whole(f.height, 'height'),
      hash: hexOf(f.block_hash, 32, 'block_hash'),
    },
    asOfMs: whole(f.as_of_ms, 'as_of_ms'),
  }
}

export type ReadCheckpoint = { readonly ok: true; readonly checkpoint: LightCheckpoint } | Refused

/** Reads a file, bytes or text; any other spelling than `encodeLightCheckpoint`'s is refused. */
export function readLightCheckpoint(file: Uint8Array | string): ReadCheckpoint {
  const bytes = typeof file === 'string' ? utf8(file) : file
  if (bytes.length > LIGHT_CHECKPOINT_BYTES_MAX) {
    return refuse('BAD_FILE', `larger than ${LIGHT_CHECKPOINT_BYTES_MAX} bytes`)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { ok: true, checkpoint: readFields(parseCanonicalJson(text)) }
  } catch (error) {
    if (error instanceof Bad || error instanceof JcsError) return refuse('BAD_FILE', error.message)
    if (error instanceof TypeError) return refuse('BAD_FILE', 'not UTF-8 text')
    throw error
  }
}

/**
 * Validators may take their bonds and leave; after this long the keys of those who did can sign
 * another history without losing anything.
 */
export function isStale({ asOfMs }: LightCheckpoint, nowMs: number): boolean {
  return nowMs - asOfMs > WEAK_SUBJECTIVITY_MS
}

// The requirements of a job: how to sample, what to pay at most, who may do it. Defaults are the
// published ones (temperature 0.7, top_p 0.9, top_k 40, repetition_penalty 1.1, 256 tokens).

import {
  JOB_DEADLINE_SECONDS_DEFAULT,
  JOB_DEADLINE_SECONDS_MAX,
  JOB_DEADLINE_SECONDS_MIN,
  JOB_TOKENS_DEFAULT,
  JOB_TOKENS_MAX,
} from '../../config/limits.ts'
import { type Hex, isHex } from '../../lib/hex.ts'
import { compareDecimals, decimalText } from './decimal.ts'
import type { JobRequirements } from './job-request.ts'
import { Refused, readInteger, readObject, readText, refuse } from './read-fields.ts'

const KNOWN = [
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'repetition_penalty',
  'seed',
  'stop',
  'verification',
  'deadline_seconds',
  'max_price',
  'provider',
] as const

const STOPS_MAX = 4

export function readRequirements(value: unknown, salt: Hex): JobRequirements {
  const given = readObject(value ?? {}, 'requirements', KNOWN)
  const integer = (name: string, fallback: number, min: number, max: number) =>
    given[name] === undefined
      ? fallback
      : readInteger(given[name], `requirements.${name}`, min, max)
  return {
    max_tokens: integer('max_tokens', JOB_TOKENS_DEFAULT, 1, JOB_TOKENS_MAX),
    temperature: readDecimal(given.temperature ?? '0.7', 'temperature', '0', '2'),
    top_p: readDecimal(given.top_p ?? '0.9', 'top_p', '0', '1'),
    top_k: integer('top_k', 40, 0, 1000),
    repetition_penalty: readDecimal(
      given.repetition_penalty ?? '1.1',
      'repetition_penalty',
      '0',
      '2',
    ),
    seed: integer('seed', Number.parseInt(salt.slice(2, 10), 16), 0, 2 ** 32 - 1),
    stop: readStop(given.stop ?? []),
    verification: readVerification(given.verification ?? 'V0'),
    deadline_seconds: integer(
      'deadline_seconds',
      JOB_DEADLINE_SECONDS_DEFAULT,
      JOB_DEADLINE_SECONDS_MIN,
      JOB_DEADLINE_SECONDS_MAX,
    ),
    ...(given.max_price === undefined ? {} : { max_price: readWei(given.max_price) }),
    ...(given.provider === undefined ? {} : { provider: readAddress(given.provider) }),
  }
}

function readDecimal(value: unknown, name: string, min: string, max: string): string {
  const text = decimalText(value)
  if (text === undefined || compareDecimals(text, min) < 0 || compareDecimals(text, max) > 0) {
    const field = `requirements.${name}`
    refuse(field, `${field} must be a number between ${min} and ${max}`, 'at most 9 decimals')
  }
  return text
}

function readStop(value: unknown): string[] {
  const field = 'requirements.stop'
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list) || list.length > STOPS_MAX) {
    refuse(field, `${field} must be a list of at most ${STOPS_MAX} texts`, 'send {"stop": ["\\n"]}')
  }
  return list.map((text, i) => readText(text, `${field}[${i}]`, 64, 'send a short text'))
}

function readVerification(value: unknown): 'V0' {
  if (value === 'V0') return 'V0'
  throw new Refused({
    ok: false,
    code: 'UNSUPPORTED_REQUIREMENT',
    field: 'requirements.verification',
    message: `verification level ${String(value).slice(0, 16)} is not offered by this network`,
    hint: 'use "V0" (receipt signed by the provider) or leave it out',
  })
}

function readWei(value: unknown): string {
  const field = 'requirements.max_price'
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,59})$/.test(value)) {
    refuse(field, `${field} must be wei as decimal text`, 'e.g. "1000000000000000" is 0.001 AITBC')
  }
  return value
}

function readAddress(value: unknown): Hex {
  const field = 'requirements.provider'
  if (!isHex(value, 20)) refuse(field, `${field} must be an address`, '0x and 40 hex digits')
  return value.toLowerCase() as Hex
}

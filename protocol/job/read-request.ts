// From the published body {type, model_id, input_data, requirements} to a canonical job request.

import { JOB_INPUT_BYTES_MAX } from '../../config/limits.ts'
import { utf8 } from '../../lib/bytes.ts'
import { type Hex, isHex } from '../../lib/hex.ts'
import { canonicalJson } from '../receipt/jcs.ts'
import type { JobRequest, RequestRefusal } from './job-request.ts'
import { Refused, readObject, readText, refuse } from './read-fields.ts'
import { readInput } from './read-input.ts'
import { readRequirements } from './read-requirements.ts'

const KNOWN = ['type', 'model_id', 'input_data', 'requirements', 'salt', 'version'] as const

export type ReadRequest =
  | { readonly ok: true; readonly request: JobRequest; readonly text: string }
  | RequestRefusal

/**
 * Validates a body and fills in every default. `salt` is the caller's 32 random bytes, used unless
 * the body has one. `text` is the RFC 8785 form, of at most JOB_INPUT_BYTES_MAX bytes.
 */
export function readRequest(body: unknown, salt: Hex): ReadRequest {
  try {
    const request = readBody(body, salt)
    const text = canonicalJson(request)
    if (utf8(text).length > JOB_INPUT_BYTES_MAX) {
      refuse('input_data', `the request is larger than ${JOB_INPUT_BYTES_MAX} bytes`, 'send less')
    }
    return { ok: true, request, text }
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}

/** The same for JSON text. Text that is not JSON is refused like any other bad body. */
export function readRequestText(text: string, salt: Hex): ReadRequest {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    const hint = 'send {"type": "inference", "model_id": "…", "input_data": "…"}'
    return { ok: false, code: 'INVALID_REQUEST', field: '', message: 'not JSON', hint }
  }
  return readRequest(body, salt)
}

/** Reads text that must already be canonical, as a quote returned it: nothing is filled in. */
export function readCanonicalRequest(text: string): ReadRequest {
  const read = readRequestText(text, '0x')
  if (!read.ok || read.text === text) return read
  const message = 'the request is not in canonical form'
  const hint = 'submit exactly the text that the quote returned'
  return { ok: false, code: 'INVALID_REQUEST', field: '', message, hint }
}

function readBody(body: unknown, fallbackSalt: Hex): JobRequest {
  const fields = readObject(body, '', KNOWN)
  readType(fields.type ?? 'inference')
  if (fields.version !== undefined && fields.version !== '1') {
    refuse('version', 'version must be "1"', 'leave version out')
  }
  const salt = fields.salt ?? fallbackSalt
  if (!isHex(salt, 32) || salt !== salt.toLowerCase()) {
    refuse('salt', 'salt must be 32 bytes as lower-case 0x text', 'leave salt out to get one')
  }
  return {
    version: '1',
    type: 'inference',
    model_id: readText(fields.model_id, 'model_id', 128, 'list the models with `aitbc models`'),
    input_data: readInput(fields.input_data),
    requirements: readRequirements(fields.requirements, salt),
    salt,
  }
}

function readType(type: unknown): void {
  if (type === 'inference') return
  throw new Refused({
    ok: false,
    code: 'UNSUPPORTED_TYPE',
    field: 'type',
    message: `job type ${JSON.stringify(type)?.slice(0, 40)} is not supported`,
    hint: 'use "inference"; the model decides whether it generates text or embeds it',
  })
}

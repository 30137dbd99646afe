// What the coordinator must refuse, over all routes.

import { JOB_INPUT_BYTES_MAX, REST_BODY_BYTES_MAX } from '../../../config/limits.ts'
import { BODY } from './coordinator-world.ts'

const A = `0x${'ab'.repeat(20)}`
const H = `0x${'cd'.repeat(32)}`
const S = `0x${'11'.repeat(65)}`
const DEEP = '['.repeat(100_000) + ']'.repeat(100_000)
export const INVALID = 'VALIDATION_ERROR'

/** Method, path, body (text as it is, otherwise JSON), status, code. */
export type Case = readonly [string, string, unknown, number, string]

const invalid = (method: string, path: string, ...bodies: unknown[]) =>
  bodies.map((body): Case => [method, path, body, 400, INVALID])
const paths = (method: string, ...all: string[]) =>
  all.map((path): Case => [method, path, undefined, 400, INVALID])

const NOT_OBJECTS = ['', '{', 'null', '1', '"x"', '[]', 'hello', '{}', DEEP, '\u0000', "{'a':1}"]

export const CASES: readonly Case[] = [
  ...paths(
    'GET',
    '/api/v1/auth/nonce',
    '/api/v1/auth/nonce?address=',
    '/api/v1/auth/nonce?address=0x12',
    `/api/v1/auth/nonce?address=${A}00`,
    `/api/v1/auth/nonce?address=0x${'zz'.repeat(20)}`,
    `/api/v1/auth/nonce?address=${A}&adress=1`,
    `/api/v1/auth/nonce?address=%00`,
    '/api/v1/jobs?status=done',
    '/api/v1/jobs?status=',
    '/api/v1/jobs?status=__proto__',
    '/api/v1/jobs?status=constructor',
    '/api/v1/jobs?limit=0',
    '/api/v1/jobs?limit=-1',
    '/api/v1/jobs?limit=101',
    '/api/v1/jobs?limit=1e1',
    '/api/v1/jobs?limit=',
    '/api/v1/jobs?limit=ten',
    '/api/v1/jobs?page=2',
    '/api/v1/jobs/1',
    `/api/v1/jobs/${A}`,
    `/api/v1/jobs/${H}?x=1`,
    '/api/v1/jobs/%00',
    '/api/v1/jobs/__proto__',
    '/api/v1/jobs/1/result',
    '/api/v1/jobs/1/events',
    '/api/v1/receipts/1',
    '/api/v1/receipts/0x/bundle',
    '/api/v1/models?x=1',
    '/api/v1/providers?x=1',
    '/api/v1/status?x=1',
    '/api/v1/health?x=1',
    '/health/live?x=1',
  ),
  ...paths('DELETE', '/api/v1/jobs/1', `/api/v1/jobs/${H}?force=1`),
  ...invalid('POST', '/api/v1/auth/nonce', ...NOT_OBJECTS, { address: 5 }, { address: A, x: 1 }),
  ...invalid(
    'POST',
    '/api/v1/auth/login',
    ...NOT_OBJECTS,
    { address: A },
    { address: A, signature: '0x' },
    { address: A, signature: `${S}0` },
    { address: A, signature: S, message: 5 },
    { address: A, signature: S, message: 'x'.repeat(4097) },
    { address: A, signature: S, mesage: 'x' },
  ),
  ...invalid(
    'POST',
    '/api/v1/quotes',
    ...NOT_OBJECTS,
    { ...BODY, type: 1 },
    { ...BODY, model_id: null },
    { ...BODY, requirements: [] },
    { ...BODY, requirements: 'gpu' },
  ),
  ...invalid(
    'POST',
    '/api/v1/jobs',
    ...NOT_OBJECTS,
    { request: 5 },
    { request: 'not json' },
    { request: '{}', escrow_tx: '0x' },
    { request: '{}', escrow_tx: H, extra: 1 },
    { request: '{}', rollup_lock: 5 },
    { request: '{}', rollup_lock: { lock: 5 } },
    { request: '{}', rollup_lock: { lock: 5, use: -1 } },
    { request: '{}', rollup_lock: { lock: 2 ** 24, use: 0 } },
    { request: '{}', rollup_lock: { lock: 5, use: 0, batch: 3 } },
    { request: '{}', rollup_lock: { lock: 5, use: 0 }, escrow_tx: H },
    { ...BODY, model_id: 1 },
  ),
  ...invalid(
    'POST',
    '/api/v1/receipts/verify',
    ...NOT_OBJECTS,
    { receipt_id: 5 },
    { receipt_id: H, proof: '0x01' },
    { receipt_id: H, public_inputs: Array(65).fill('1') },
    { bundle: 5 },
    { receipt: 'x' },
    { bundle: {}, other: 1 },
  ),
  ['POST', '/api/v1/receipts/verify', { receipt_id: H }, 404, 'NOT_FOUND'],
  ['POST', '/api/v1/auth/login', { address: A, signature: S }, 401, 'AUTHENTICATION_ERROR'],
  ['GET', `/api/v1/jobs/${H}`, undefined, 404, 'NOT_FOUND'],
  ['DELETE', `/api/v1/jobs/${H}`, undefined, 404, 'NOT_FOUND'],
  ['GET', `/api/v1/receipts/${H}/bundle`, undefined, 404, 'NOT_FOUND'],
  ['GET', '/', undefined, 404, 'NOT_FOUND'],
  ['GET', '/api/v1', undefined, 404, 'NOT_FOUND'],
  ['GET', '/api/v2/jobs', undefined, 404, 'NOT_FOUND'],
  ['GET', '/api/v1/jobs/%zz', undefined, 404, 'NOT_FOUND'],
  ['GET', `/api/v1/jobs/${H}/other`, undefined, 404, 'NOT_FOUND'],
  ['PUT', `/api/v1/jobs/${H}`, BODY, 405, 'METHOD_NOT_ALLOWED'],
  ['PATCH', '/api/v1/jobs', BODY, 405, 'METHOD_NOT_ALLOWED'],
  ['DELETE', '/api/v1/auth/login', undefined, 405, 'METHOD_NOT_ALLOWED'],
  ['POST', '/openapi.json', {}, 405, 'METHOD_NOT_ALLOWED'],
  ['POST', '/api/v1/jobs', ' '.repeat(REST_BODY_BYTES_MAX + 1), 413, 'PAYLOAD_TOO_LARGE'],
  [
    'POST',
    '/api/v1/quotes',
    { ...BODY, input_data: 'x'.repeat(JOB_INPUT_BYTES_MAX) },
    413,
    'PAYLOAD_TOO_LARGE',
  ],
  [
    'POST',
    '/api/v1/jobs',
    { ...BODY, input_data: 'x'.repeat(JOB_INPUT_BYTES_MAX) },
    413,
    'PAYLOAD_TOO_LARGE',
  ],
  ['POST', '/api/v1/jobs', { request: 'x'.repeat(JOB_INPUT_BYTES_MAX + 1) }, 400, INVALID],
]

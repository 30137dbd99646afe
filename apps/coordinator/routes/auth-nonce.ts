// GET or POST /api/v1/auth/nonce: the message to sign in with.

import { z } from 'zod'
import { AUTH_PER_MINUTE } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import { isHex } from '../../../lib/hex.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { AddressSchema } from '../fields.ts'

function issue(address: Hex, api: ApiContext) {
  const { nonce, message, expiresAt } = api.nonces.issue(address)
  return { json: { nonce, message, expires_at: expiresAt, chain_id: Number(api.chainId) } }
}

export const getNonce = apiRoute({
  method: 'GET',
  path: '/api/v1/auth/nonce',
  access: 'public',
  summary: 'A sign-in message (EIP-4361) for ?address=0x…',
  query: ['address'],
  perMinute: AUTH_PER_MINUTE,
  async handle({ query }, api) {
    const address = query.get('address') ?? ''
    if (!isHex(address, 20)) {
      throw new ApiError('VALIDATION_ERROR', 'address: expected 0x and 40 hex digits')
    }
    return issue(address.toLowerCase() as Hex, api)
  },
})

export const postNonce = apiRoute({
  method: 'POST',
  path: '/api/v1/auth/nonce',
  access: 'public',
  summary: 'A sign-in message (EIP-4361) for an address',
  body: z.strictObject({ address: AddressSchema }),
  perMinute: AUTH_PER_MINUTE,
  handle: async ({ body }, api) => issue(body.address, api),
})

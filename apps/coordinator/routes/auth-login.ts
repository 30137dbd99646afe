// POST /api/v1/auth/login: a wallet's signature over the nonce's message becomes an access token.
// The published body is {address, signature}: then the message is the newest one that the nonce
// call gave to this address.

import { SiweMessage } from 'siwe'
import { verifyMessage } from 'viem'
import { z } from 'zod'
import { AUTH_PER_MINUTE } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { AddressSchema } from '../fields.ts'

function refuse(message: string): never {
  throw new ApiError('AUTHENTICATION_ERROR', message)
}

/** Strictly parsed by siwe, which refuses what viem's parser lets through. */
function nonceOf(message: string, address: Hex, api: ApiContext): string {
  let parsed: SiweMessage
  try {
    parsed = new SiweMessage(message)
  } catch {
    return refuse('the message is no sign-in message (EIP-4361)')
  }
  if (parsed.address.toLowerCase() !== address) refuse('the message names another address')
  if (BigInt(parsed.chainId) !== api.chainId) refuse(`the message is for chain ${parsed.chainId}`)
  return parsed.nonce
}

async function isSigned(address: Hex, message: string, signature: Hex): Promise<boolean> {
  try {
    return await verifyMessage({ address, message, signature })
  } catch {
    return false
  }
}

export const login = apiRoute({
  method: 'POST',
  path: '/api/v1/auth/login',
  access: 'public',
  summary: 'Sign in with Ethereum',
  body: z.strictObject({
    address: AddressSchema,
    signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/, 'expected 65 bytes of hex'),
    message: z.string().max(4096).optional(),
  }),
  perMinute: AUTH_PER_MINUTE,
  async handle({ body }, api) {
    const { address } = body
    const message = body.message ?? api.nonces.latestMessage(address)
    if (message === undefined) refuse('no nonce was issued to this address: ask for one first')
    const nonce = nonceOf(message, address, api)
    if (!(await isSigned(address, message, body.signature as Hex))) {
      refuse('the signature is not that of this address over the message')
    }
    if (!api.nonces.use(nonce, address, message)) {
      refuse('the nonce is unknown, used, expired, or was issued to another address')
    }
    const { token, expiresAt } = await api.tokens.issue(address)
    return {
      json: { token, access_token: token, token_type: 'Bearer', expires_at: expiresAt, address },
    }
  },
})

// Shapes of fields that several routes share.

import { z } from 'zod'
import { type Hex, isHex } from '../../lib/hex.ts'
import { ROLLUP_ACCOUNTS_MAX } from '../../protocol/params.ts'

const hexField = (bytes: number, what: string) =>
  z
    .string()
    .refine((text) => isHex(text, bytes), { message: `expected ${what}` })
    .transform((text) => text.toLowerCase() as Hex)

export const AddressSchema = hexField(20, 'an address: 0x and 40 hex digits')
export const HashSchema = hexField(32, 'a hash: 0x and 64 hex digits')

/** A lock of the rollup, and how often it was given back before. */
export const LockSchema = z.strictObject({
  lock: z.int().min(0).lt(ROLLUP_ACCOUNTS_MAX),
  use: z
    .int()
    .min(0)
    .lt(2 ** 32),
})

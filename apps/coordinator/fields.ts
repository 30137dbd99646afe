// Shapes of fields that several routes share.

import { z } from 'zod'
import { type Hex, isHex } from '../../lib/hex.ts'

const hexField = (bytes: number, what: string) =>
  z
    .string()
    .refine((text) => isHex(text, bytes), { message: `expected ${what}` })
    .transform((text) => text.toLowerCase() as Hex)

export const AddressSchema = hexField(20, 'an address: 0x and 40 hex digits')
export const HashSchema = hexField(32, 'a hash: 0x and 64 hex digits')

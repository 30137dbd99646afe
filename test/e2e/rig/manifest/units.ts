// Units as manifests write them: "25ms", "0.5%", "10mbit", turned into numbers while the file is
// checked.

import { z } from 'zod'

const DURATION_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 }
const BYTES_PER_SECOND: Readonly<Record<string, number>> = { kbit: 125, mbit: 125_000 }
const DURATION_MS_MAX = 3_600_000

const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m)$/

function milliseconds(text: string): number {
  const [, digits, unit] = DURATION.exec(text) ?? []
  return Number(digits) * (DURATION_MS[unit ?? ''] ?? 0)
}

/** Milliseconds. */
export const Duration = z
  .string()
  .regex(DURATION, 'a duration is a number with us, ms, s or m, such as 25ms')
  .refine((text) => milliseconds(text) <= DURATION_MS_MAX, 'a duration is at most an hour')
  .transform(milliseconds)

/** Milliseconds, below zero too. */
export const Offset = z
  .string()
  .regex(/^[+-]\d+(?:\.\d+)?(?:ms|s|m)$/, 'an offset is a duration with its sign, such as +90s')
  .transform((text) => milliseconds(text.slice(1)) * (text.startsWith('-') ? -1 : 1))

/** 0 to 1. */
export const Share = z
  .string()
  .regex(/^(?:100|\d{1,2}(?:\.\d+)?)%$/, 'a share is 0% to 100%, such as 0.5%')
  .transform((text) => Number(text.slice(0, -1)) / 100)

/** Bytes a second. */
export const Bandwidth = z
  .string()
  .regex(/^[1-9]\d{0,5}(?:kbit|mbit)$/, 'a bandwidth is a number with kbit or mbit, such as 10mbit')
  .transform((text) => Number.parseInt(text, 10) * (BYTES_PER_SECOND[text.slice(-4)] as number))

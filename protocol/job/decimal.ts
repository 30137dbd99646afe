// Decimal numbers as text: the one spelling that every language agrees on.

/**
 * The canonical decimal text of a finite number or of decimal text (no exponent, no trailing
 * zeros, no `+`), or undefined if it is not one or has more than 9 digits after the point.
 */
export function decimalText(value: unknown): string | undefined {
  const text =
    typeof value === 'number' && Number.isFinite(value) ? plainNumber(value) : String(value)
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const match = /^(-?)(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,9}))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole, digits = ''] = match
  const fraction = digits.replace(/0+$/, '')
  const plain = fraction === '' ? whole : `${whole}.${fraction}`
  return plain === '0' ? '0' : `${sign}${plain}`
}

function plainNumber(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(9) : text
}

/** Compares two canonical decimals exactly: negative, zero or positive. */
export function compareDecimals(a: string, b: string): number {
  const difference = scaled(a) - scaled(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function scaled(decimal: string): bigint {
  const [whole = '0', digits = ''] = decimal.replace('-', '').split('.')
  const magnitude = BigInt(whole) * 10n ** 9n + BigInt(digits.padEnd(9, '0'))
  return decimal.startsWith('-') ? -magnitude : magnitude
}

// Money as text: exact, in AITBC with as many decimals as the amount needs.

const DECIMALS = 18

/** "0.0021" for 2100000000000000n wei. */
export function formatAitbc(wei: bigint): string {
  const digits = (wei < 0n ? -wei : wei).toString().padStart(DECIMALS + 1, '0')
  const whole = digits.slice(0, -DECIMALS).replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${wei < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}

/** Wei of a decimal amount in AITBC; undefined when the text is not one. */
export function parseAitbc(text: string): bigint | undefined {
  const match = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(text)
  if (!match) return undefined
  return BigInt(match[1] as string) * 10n ** 18n + BigInt((match[2] ?? '').padEnd(DECIMALS, '0'))
}

// Figures in a few cells: as many digits as tell something, and a unit when there is room for one.

const STEPS: readonly [number, string][] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]

function scaled(value: number, digits: (scaled: number) => number): string {
  for (const [step, sign] of STEPS) {
    const part = value / step
    if (part >= 1) return `${part.toFixed(digits(part))}${sign}`
  }
  return String(Math.round(value))
}

/** `950`, `9999`, `12.3k`, `4.56M`. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (value < 0) return `-${count(-value)}`
  if (value < 10_000) return String(Math.round(value))
  return scaled(value, (part) => (part < 10 ? 2 : part < 100 ? 1 : 0))
}

/** `0`, `0.4`, `12`, `1028`, `12.3k`. */
export function rate(value: number): string {
  return value > 0 && value < 9.95 ? value.toFixed(1) : count(value)
}

/** `0 B`, `812 B`, `64.0 kB`, `1.9 GB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (value < 1000) return `${Math.round(value)} B`
  const text = scaled(value, (part) => (part < 100 ? 1 : 0))
  return `${text.slice(0, -1)} ${text.slice(-1)}B`
}

/** Milliseconds in at most six cells: `0.42`, `67.9`, `634`, `12.0s`, `4m05s`, `3h07m`. */
export function millis(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '-'
  if (value === 0) return '0'
  if (value < 10) return value.toFixed(2)
  if (value < 100) return value.toFixed(1)
  if (value < 9999.5) return String(Math.round(value))
  return age(value)
}

/** How long ago, or how long it takes: `340 ms`, `12.0s`, `4m05s`, `3h07m`, `2d03h`. */
export function age(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = ms / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h${two((seconds / 60) % 60)}m`
  return `${Math.floor(seconds / 86_400)}d${two((seconds / 3600) % 24)}h`
}

/** `0.4 %`, `12 %`, `104 %`: a share of one core. */
export function percent(share: number): string {
  const value = share * 100
  if (!Number.isFinite(value)) return '-'
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} %`
}

/** The time of day in UTC: `14:03:07.123`. */
export function clock(at: number): string {
  return Number.isFinite(at) && Math.abs(at) < 8e15 ? new Date(at).toISOString().slice(11, 23) : '-'
}

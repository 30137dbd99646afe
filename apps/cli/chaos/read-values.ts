// The words of chaos commands: durations, shares, groups of nodes. Each bad one says what would do.

import { CliError } from '../cli-error.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000 }
const DURATION_MS_MAX = 3_600_000

function bad(what: string, why: string, hint: string): CliError {
  return new CliError('BAD_VALUE', what, why, hint)
}

/** Milliseconds of "500ms", "3s", "2m"; a bare number is seconds. */
export function readDuration(text: string): number {
  const [, digits = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|min)?$/.exec(text) ?? []
  const ms = Math.round(Number(digits) * (UNITS[unit] as number))
  if (digits !== '' && ms > 0 && ms <= DURATION_MS_MAX) return ms
  throw bad(
    `"${text.slice(0, 40)}" is not a duration`,
    'a duration is a number with ms, s or m, above zero and at most an hour',
    'give for example 500ms, 3s or 2m',
  )
}

/** 0 to 1 of "20", "20%", "0.5%". */
export function readShare(text: string): number {
  const [, digits = ''] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? []
  const percent = Number(digits)
  if (digits !== '' && percent > 0 && percent <= 100) return percent / 100
  throw bad(
    `"${text.slice(0, 40)}" is not a share`,
    'a share is a number of percent above 0 and at most 100',
    'give for example 20',
  )
}

export function readWholeMs(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw bad(
    `"${text.slice(0, 40)}" is not a number of milliseconds`,
    'it is a whole number of at most 99999',
    'give for example 50',
  )
}

function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '')
}

/** The two sides of "A,B|C,D"; of "A,B" alone the other side is everybody else. */
export function readSides(
  text: string,
  all: readonly string[],
): { readonly left: readonly string[]; readonly right: readonly string[] } {
  const parts = text.split('|').map(names)
  const [left = []] = parts
  const right = parts[1] ?? all.filter((name) => !left.includes(name))
  const named = parts.flat()
  const twice = named.find((name, i) => named.indexOf(name) !== i)
  if (parts.length > 2 || left.length === 0 || right.length === 0 || twice !== undefined) {
    throw bad(
      `"${text.slice(0, 80)}" is no cut`,
      twice ? `${twice} is named twice` : 'a cut has two sides with a node or more on each',
      'give for example node0,node1|node2,node3, or one side alone',
    )
  }
  return { left, right }
}

/** The two nodes of "A,B". */
export function readPair(text: string): readonly [string, string] {
  const [a, b, ...rest] = names(text)
  if (a !== undefined && b !== undefined && a !== b && rest.length === 0) return [a, b]
  throw bad(
    `"${text.slice(0, 80)}" is no connection`,
    'a connection is between two different nodes',
    'give for example node0,node1',
  )
}

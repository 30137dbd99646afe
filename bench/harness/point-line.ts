// A point as one line for people.

import type { Point } from './measure-point.ts'

function ms(us: number): string {
  return Number.isNaN(us) ? '-' : `${Math.round(us / 1000)}`
}

export function pointLine({ target, name, outcome, committedPerSecond, ...point }: Point): string {
  const { offered, committed, failed, expired, latencyUs, lagUs, refusals } = outcome
  const why = Object.entries(refusals)
    .map(([words, times]) => `${times} × ${words}`)
    .slice(0, 2)
  const { gapMs, sentAgain = 0 } = outcome
  const gap = gapMs === undefined ? [] : [`longest gap ${Math.round(gapMs)} ms`]
  const again = sentAgain > 0 ? [`${sentAgain} sent again`] : []
  const verdict = point.invalid ? `INVALID: ${point.invalid}` : point.carried ? 'ok' : 'too much'
  return [
    `${target} · ${name}: ${Math.round(committedPerSecond)}/s`,
    `${committed} of ${offered} final, ${failed} refused, ${expired} expired`,
    `p50 ${ms(latencyUs.percentile(0.5))} p99 ${ms(latencyUs.percentile(0.99))} ms`,
    ...gap,
    ...again,
    `generator late p99 ${ms(lagUs.percentile(0.99))} ms`,
    [verdict, ...why].join(', '),
  ].join(' · ')
}

// Which process must break which of its connections for a fault between nodes. Pure. Every process
// breaks what it sends itself.

import type { Faults } from '../../../transport/chaos/faults.ts'

/** From a process to the faults towards each of its peers. */
export type LinkPlan = ReadonlyMap<string, Readonly<Record<string, Faults>>>

/** `oneWay` breaks only what `left` sends to `right`. Names are of processes. */
export function linkPlan(
  left: readonly string[],
  right: readonly string[],
  faults: Faults,
  oneWay: boolean,
): LinkPlan {
  const plan = new Map<string, Record<string, Faults>>()
  const add = (from: string, to: string) => {
    if (from === to) return
    plan.set(from, { ...plan.get(from), [to]: faults })
  }
  for (const a of left) {
    for (const b of right) {
      add(a, b)
      if (!oneWay) add(b, a)
    }
  }
  return plan
}

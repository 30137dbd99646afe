// What a fault will do to the chain, said before it is done. Pure: counts the validators on each
// side of what is about to be cut off.

/** Validators that can make blocks together: more than two thirds. */
export function quorum(validators: number): number {
  return Math.floor((2 * validators) / 3) + 1
}

export interface Effect {
  readonly text: string
  /** The chain cannot grow while it lasts. */
  readonly standsStill: boolean
}

/** `lost`: nodes that do not take part while the fault lasts. */
export function effectOfLoss(validators: ReadonlySet<string>, lost: readonly string[]): Effect {
  const gone = lost.filter((name) => validators.has(name)).length
  const left = validators.size - gone
  const need = quorum(validators.size)
  if (gone === 0) return { text: 'no validator is touched: the chain goes on', standsStill: false }
  const count = `${left} of ${validators.size} validators are left`
  if (left >= need) {
    return { text: `${count} and ${need} are enough: the chain goes on`, standsStill: false }
  }
  const text = `${count} and ${need} are needed: the chain stands still until they are back`
  return { text, standsStill: true }
}

/** `oneWay`: the left side is not heard by the right one, but hears it. */
export function effectOfCut(
  validators: ReadonlySet<string>,
  left: readonly string[],
  right: readonly string[],
  oneWay: boolean,
): Effect {
  const count = (side: readonly string[]) => side.filter((name) => validators.has(name)).length
  const need = quorum(validators.size)
  // Whoever is on no side hears and is heard by both.
  const outside = validators.size - count(left) - count(right)
  const sides = [count(left) + outside, count(right) + outside]
  const split = `${count(left)} and ${count(right)} of ${validators.size} validators`
  if (Math.max(...sides) >= need) {
    const text = `${split}: one side has the ${need} that are needed, the chain goes on there`
    return { text, standsStill: false }
  }
  const verb = oneWay ? 'may stand still' : 'stands still'
  const text = `${split}: no side has the ${need} that are needed, the chain ${verb} until heal`
  return { text, standsStill: true }
}

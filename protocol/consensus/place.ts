// The order of places, (epoch, view): what is signed, remembered or forgotten up to.

import type { Place } from './simplex-types.ts'

/** Above nothing everything is. */
export function isAbove(a: Place, b: Place | undefined): boolean {
  return !b || a.epoch > b.epoch || (a.epoch === b.epoch && a.view > b.view)
}

// Bugs on purpose, to see that the checkers see: honest members that forget, when they start, some
// of what they have signed; and one that signs NULLIFY after FINALIZE.
//
// What cannot show, and why. A member that restores everything but its NOTARIZE still has the
// proposal that it voted for, written in the same batch, and NOTARIZE is only ever cast for the
// proposal of its view: it says the same again. So `forget-notarize` forgets both. And while the
// chain's disk is whole, the place signed to adds nothing to the records above the last final
// block, which say of each view what was signed there: `forget-place` shows only where a member
// comes back with an older chain, below records that are gone. Nor does it show when a restored
// vote does not move the place up: the place on disk is as high as any record beside it.

import { PROPOSAL_SLOT } from '../../../protocol/consensus/cast-vote.ts'
import type { SimplexState } from '../../../protocol/consensus/simplex-state.ts'
import type { Place, SignRecord } from '../../../protocol/consensus/simplex-types.ts'
import { FINALIZE, NOTARIZE, NULLIFY } from '../../../protocol/consensus/vote.ts'

/** By name: the slots of the records that are forgotten. */
const FORGOTTEN_SLOTS: Readonly<Record<string, readonly number[]>> = {
  'forget-notarize': [NOTARIZE, PROPOSAL_SLOT],
  'forget-finalize': [FINALIZE],
  'forget-nullify': [NULLIFY],
}

const FORGET_PLACE = 'forget-place'
const FORGET_ALL = 'forget-sign-log'
const NULLIFY_TOO = 'nullify-after-finalize'

export const MODES_PLANTS = [...Object.keys(FORGOTTEN_SLOTS), FORGET_PLACE, FORGET_ALL, NULLIFY_TOO]

export interface Remembered {
  readonly records: readonly SignRecord[]
  readonly signedTo: Place | undefined
}

/** What a member that starts is told of what it signed. */
export function remember(plant: string | undefined, disk: Remembered): Remembered {
  if (plant === FORGET_ALL) return { records: [], signedTo: undefined }
  if (plant === FORGET_PLACE) return { ...disk, signedTo: undefined }
  const slots = FORGOTTEN_SLOTS[plant ?? '']
  if (!slots) return disk
  // Nothing is signed in a view signed to of which there is no record: the place moves below it.
  const records = disk.records.filter(({ slot }) => !slots.includes(slot))
  const { signedTo: to } = disk
  const isAt = (one: SignRecord) => one.epoch === to?.epoch && one.view === to.view
  const forgot = disk.records.some(isAt) && !records.some(isAt)
  return { records, signedTo: to && forgot ? { ...to, view: to.view - 1 } : to }
}

/** Before a timer of the core: with this bug its FINALIZE in the current view is no obstacle. */
export function blurFinalize(plant: string | undefined, state: SimplexState | undefined): void {
  const view = plant === NULLIFY_TOO ? state?.views.get(state.view) : undefined
  if (view) view.sentFinalize = undefined
}

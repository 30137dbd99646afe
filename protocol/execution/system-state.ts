// The state as the chain's own rules see it at the beginning and the end of a block: a module's
// view of one account, and the right to make and destroy wei.

import type { Hex } from '../../lib/hex.ts'
import type { SystemState } from '../modules/module.ts'
import type { Overlay } from '../state/overlay.ts'
import { moduleState } from './module-state.ts'

export function systemState(overlay: Overlay, address: Hex): SystemState {
  return {
    ...moduleState(overlay, address),
    mint: (to, amount) => overlay.mint(to, amount),
    burn: (from, amount) => overlay.burn(from, amount),
  }
}

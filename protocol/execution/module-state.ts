// What a module, or a system call for one, sees and may change of the state: its own storage, and
// everybody's balance.

import type { Hex } from '../../lib/hex.ts'
import type { ModuleState } from '../modules/module.ts'
import type { Overlay } from '../state/overlay.ts'

export function moduleState(overlay: Overlay, address: Hex): ModuleState {
  return {
    balance: (of) => overlay.balance(of),
    transfer: (from, to, amount) => overlay.transfer(from, to, amount),
    load: (slot) => overlay.load(address, slot),
    save: (slot, word) => overlay.save(address, slot, word),
    loadOf: (other, slot) => overlay.load(other, slot),
  }
}

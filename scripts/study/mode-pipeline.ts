// How a decided mode comes into force: what epoch e decides is announced for e+2; without a
// certified checkpoint only a switch to more stake security acts.

import type { ModeNumber } from '../../protocol/consensus/validator-set.ts'

export class ModePipeline {
  inForce: ModeNumber
  private announced: ModeNumber

  constructor(mode: ModeNumber) {
    this.inForce = mode
    this.announced = mode
  }

  /** Ends an epoch that decided `target`; `certified`: whether the checkpoint before it was. */
  endEpoch(target: ModeNumber, certified: boolean): void {
    if (certified || this.announced > this.inForce) this.inForce = this.announced
    this.announced = target
  }
}

// Where every told message went: heard, refused as a dead letter, lost by the network's own count,
// or gone with a host that crashed. What is left over was silently lost, which must not happen.

import type { Host } from '../../../runtime/host.ts'
import type { Observed } from './observed.ts'
import { TagLedger } from './tags.ts'

export class Accounting {
  readonly network = new TagLedger()
  private readonly observed: Observed
  private readonly gone = new Set<number>()
  private dead = 0

  constructor(observed: Observed) {
    this.observed = observed
  }

  /** Counts the dead letters of a host as they fall. */
  listen(host: Host): void {
    const fall = host.deadLetter.bind(host)
    host.deadLetter = (letter) => {
      const { target, verb } = letter
      if (target.kind === 'receiver' && (verb === 'Data' || verb === 'Control')) this.dead++
      fall(letter)
    }
  }

  /** A host is about to be thrown away, with all that waits in it. */
  crashed(host: Host): void {
    for (const cell of host.routes.all()) {
      for (const { body } of cell.mailbox.waiting()) {
        const { tag } = (body ?? {}) as { tag?: Uint8Array }
        if (tag) this.gone.add(new DataView(tag.buffer, tag.byteOffset).getUint32(8))
      }
    }
    for (const [tag, from] of this.observed.unheard) {
      if (from === host.name && !this.network.wasSent(tag)) this.gone.add(tag)
    }
  }

  check(dropped: number): void {
    let rest = 0
    for (const tag of this.observed.unheard.keys()) {
      if (!this.gone.has(tag) && !this.network.lost.has(tag)) rest++
    }
    const known = this.dead + dropped
    if (rest !== known) {
      const { dead } = this
      this.observed.violation(
        `account: ${rest} messages neither heard nor lost by network or crash, but ${dead} dead letters and ${dropped} dropped as late`,
      )
    }
  }
}

// Where every told message went: heard, refused as a dead letter, lost by the network's own count,
// or gone with a host that crashed. What is left over was silently lost, which must not happen.

import type { Host } from '../../../runtime/host.ts'
import type { Observed } from './observed.ts'
import { TagLedger } from './tags.ts'

/** What a link says of messages that it had when it went down; it knows their number only. */
const LOST_WITH_LINK = /^(?:not sent to|may not have reached) /

function tagOf(body: unknown): number | undefined {
  const tag = (body as { tag?: Uint8Array } | undefined)?.tag
  return tag && new DataView(tag.buffer, tag.byteOffset).getUint32(8)
}

export class Accounting {
  readonly network = new TagLedger()
  private readonly observed: Observed
  private readonly gone = new Set<number>()
  private lostWithLinks = 0

  constructor(observed: Observed) {
    this.observed = observed
  }

  /** Hears of the dead letters of a host as they fall. */
  listen(host: Host): void {
    const fall = host.deadLetter.bind(host)
    host.deadLetter = (letter) => {
      const { target, detail } = letter
      if (target.kind === 'receiver' && LOST_WITH_LINK.test(detail)) this.lostWithLinks++
      fall(letter)
    }
    const refuse = host.refuse.bind(host)
    host.refuse = (message, reason, detail) => {
      this.account(message.body)
      refuse(message, reason, detail)
    }
  }

  private account(body: unknown): void {
    const tag = tagOf(body)
    if (tag !== undefined) this.gone.add(tag)
  }

  /** A host is about to be thrown away, with all that waits in it. */
  crashed(host: Host): void {
    for (const cell of host.routes.all()) {
      for (const { body } of cell.mailbox.waiting()) this.account(body)
    }
    for (const [tag, from] of this.observed.unheard) {
      if (from === host.name && !this.network.wasSent(tag)) this.gone.add(tag)
    }
  }

  /**
   * `orderly`: the network kept its promises, so that a frame that arrived counts. Otherwise its
   * link may have dropped it as late or doubled.
   */
  check(orderly: boolean): void {
    const silent: number[] = []
    for (const tag of this.observed.unheard.keys()) {
      if (this.gone.has(tag) || this.network.lost.has(tag)) continue
      if (orderly || !this.network.arrived.has(tag)) silent.push(tag)
    }
    if (silent.length <= this.lostWithLinks) return
    this.observed.violation(
      `account: ${silent.length} messages are neither heard nor refused nor lost by the network, ` +
        `and links that went down had ${this.lostWithLinks}`,
    )
  }
}

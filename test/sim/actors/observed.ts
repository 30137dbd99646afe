// What the actors of the scenario say they saw, and what may not be: messages out of order or
// twice, asks that end twice or never, watches that call twice, acknowledged entries that are gone.

import { TAG_BYTES, TAG_MARK } from './tags.ts'

export interface AskRecord {
  readonly sender: string
  readonly stream: number
  readonly what: string
  ended: number
}

export class Observed {
  readonly violations: string[] = []
  private streams = 0
  private tags = 0
  private asksStarted = 0
  /** The stream of the present incarnation of each sender. */
  readonly currentStream = new Map<string, number>()
  private readonly lastSeen = new Map<string, number>()
  private readonly nextOut = new Map<string, number>()
  private readonly asks = new Map<number, AskRecord>()
  /** Nodes whose ledger found a row rotten: it fails until somebody repairs its disk. */
  readonly rotten = new Set<string>()
  readonly watchCalls = new Set<string>()
  readonly acknowledged = new Map<string, number[]>()
  readonly counts = { told: 0, heard: 0, asked: 0, answered: 0, failed: 0, appended: 0, deaths: 0 }
  /** Tags that were sent and not yet heard, and from which host. */
  readonly unheard = new Map<number, string>()
  /** Set when all faults are over: what is sent now must arrive. */
  calm = false

  violation(text: string): void {
    if (this.violations.length < 20) this.violations.push(text)
  }

  newStream(sender: string): number {
    const stream = ++this.streams
    this.currentStream.set(sender, stream)
    return stream
  }

  /** The number of the next message of a stream on one lane, and its tag. */
  told(
    from: string,
    stream: number,
    receiver: string,
    lane: string,
  ): { at: number; tag: Uint8Array } {
    const id = `${stream}>${receiver}/${lane}`
    const at = (this.nextOut.get(id) ?? 0) + 1
    this.nextOut.set(id, at)
    this.counts.told++
    const number = ++this.tags
    this.unheard.set(number, from)
    const tag = new Uint8Array(TAG_BYTES)
    const view = new DataView(tag.buffer)
    view.setUint32(0, TAG_MARK[0])
    view.setUint32(4, TAG_MARK[1])
    view.setUint32(8, number)
    return { at, tag }
  }

  heard(receiver: string, lane: string, stream: number, at: number, tag: Uint8Array): void {
    const id = `${stream}>${receiver}/${lane}`
    const last = this.lastSeen.get(id) ?? 0
    if (at === last) this.violation(`twice: ${id} number ${at}`)
    else if (at < last) this.violation(`order: ${id} number ${at} after ${last}`)
    this.lastSeen.set(id, Math.max(at, last))
    this.counts.heard++
    this.unheard.delete(new DataView(tag.buffer, tag.byteOffset).getUint32(8))
  }

  asked(sender: string, stream: number, what: string): number {
    const id = ++this.asksStarted
    this.counts.asked++
    this.asks.set(id, { sender, stream, what, ended: 0 })
    return id
  }

  askEnded(id: number, how: 'answered' | 'failed'): void {
    const record = this.asks.get(id)
    if (!record) return
    this.counts[how]++
    if (++record.ended > 1) this.violation(`ask: ${record.what} of ${record.sender} ended twice`)
  }

  watchCalled(watcher: string, node: string): void {
    this.watchCalls.add(`${watcher} ${node}`)
  }

  /** Every ask must have ended by now, unless the incarnation that asked is gone. */
  checkAsks(): void {
    for (const { ended, sender, stream, what } of this.asks.values()) {
      if (ended === 0 && this.currentStream.get(sender) === stream) {
        this.violation(`ask: ${what} of ${sender} never ended`)
      }
    }
  }
}

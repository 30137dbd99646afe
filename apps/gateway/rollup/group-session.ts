// One group of senders as the sequencers of a shard know it: finds the one that takes transfers,
// listens to whichever has some of the group's, and says so when one of them is gone.

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ROLLUP_GROUP_EVENTS_MAX } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { Absent } from '../../../protocol/rollup/body-layout.ts'
import { ChainUnavailable } from '../chain-access.ts'
import type { GroupEvent, RollupAccess, SubmitReply } from './rollup-access.ts'

export interface GroupListener {
  /** In the order in which a sequencer told them. */
  event(event: GroupEvent): void
  /** Of what was submitted up to this number nothing more may be heard. */
  lost(submission: number): void
}

/** A sequencer that has or had transfers of the group. */
interface Place {
  readonly node: string
  readonly group: number
  submission: number
  /** Submissions that it has not answered yet. */
  asked: number
}

/** A node that did not answer is asked after the others for so long: it may be starting again. */
const FAILED_MS = 5000
const LOST_MS = 100

function newGroup(): number {
  return Number(randomBytes(8).readBigUInt64LE() >> 11n)
}

export class GroupSession {
  private readonly rollup: RollupAccess
  private readonly shard: number
  private readonly listener: GroupListener
  private readonly places = new Map<string, Place>()
  /** Roots that may be co-signed: number to where they came from, oldest first. */
  private readonly roots = new Map<number, { readonly place: Place; readonly txRoot: Hex }>()
  private node: string | undefined
  /** When a node last did not answer. */
  private readonly failedAt = new Map<string, number>()
  private open = true

  constructor(rollup: RollupAccess, shard: number, listener: GroupListener) {
    this.rollup = rollup
    this.shard = shard
    this.listener = listener
  }

  /** Rejects with ChainUnavailable when no node answers. */
  async submit(submission: number, body: Uint8Array): Promise<SubmitReply> {
    let last: SubmitReply | undefined
    const candidates = this.candidates()
    const asked = new Set<string>()
    for (let node = candidates.shift(); node !== undefined; node = candidates.shift()) {
      if (asked.has(node)) continue
      asked.add(node)
      // Listened to before it has anything to say.
      const place = this.placeAt(node)
      place.asked++
      try {
        last = await this.rollup.submit(node, this.shard, { group: place.group, submission, body })
      } catch (error) {
        if (!(error instanceof ChainUnavailable)) throw error
        this.failed(place)
        continue
      } finally {
        place.asked--
      }
      if (last.code !== 'NOT_SEQUENCER') {
        this.node = node
        this.failedAt.delete(node)
        place.submission = Math.max(place.submission, submission)
        // It was given up while it took this: nobody listens to what it says of it.
        if (this.places.get(node) !== place && this.open) this.listener.lost(submission)
        return last
      }
      // What was asked after this may have been taken.
      if (place.submission < 0 && place.asked === 0) this.leavePlace(place)
      if (last.sequencer && !this.hasFailed(last.sequencer)) candidates.unshift(last.sequencer)
    }
    if (!last) throw new ChainUnavailable('no sequencer answers')
    return last
  }

  /** The one that took the last submission first, those that did not answer lately last. */
  private candidates(): string[] {
    const nodes = [...(this.node ? [this.node] : []), ...this.rollup.nodes()]
    const failed = nodes.filter((node) => this.hasFailed(node))
    return [...nodes.filter((node) => !failed.includes(node)), ...failed]
  }

  private hasFailed(node: string): boolean {
    const at = this.failedAt.get(node)
    return at !== undefined && performance.now() - at < FAILED_MS
  }

  private failed(place: Place): void {
    this.failedAt.set(place.node, performance.now())
    this.leavePlace(place)
  }

  private placeAt(node: string): Place {
    const known = this.places.get(node)
    if (known) return known
    const place = { node, group: newGroup(), submission: -1, asked: 0 }
    this.places.set(node, place)
    void this.listen(place)
    return place
  }

  /** Its last words are not waited for. */
  private leavePlace(place: Place): void {
    if (this.places.get(place.node) !== place) return
    this.places.delete(place.node)
    this.rollup.leave(place.node, this.shard, place.group)
    if (place.submission >= 0 && this.open) this.listener.lost(place.submission)
  }

  private async listen(place: Place): Promise<void> {
    const { node, group } = place
    let after = 0
    while (this.places.get(node) === place) {
      try {
        const news = await this.rollup.next(node, this.shard, { group, after })
        if (this.places.get(node) !== place) return
        for (const event of news.events) {
          after = event.seq
          this.receive(place, event)
        }
        if (news.lost && this.open) this.listener.lost(Math.max(0, place.submission))
        // One that has too many groups says so at once, each time.
        if (news.lost && news.events.length === 0) await pause(LOST_MS)
      } catch {
        // A sequencer that was started again would not know how far we have read: a new group.
        if (this.places.get(node) === place) this.failed(place)
      }
    }
  }

  private receive(place: Place, event: GroupEvent): void {
    const { kind, number, root } = event
    this.roots.delete(number)
    if (kind === 'root' && root) {
      this.roots.set(number, { place, txRoot: root.txRoot })
      for (const oldest of this.roots.keys()) {
        if (this.roots.size <= ROLLUP_GROUP_EVENTS_MAX) break
        this.roots.delete(oldest)
      }
    }
    if (this.open) this.listener.event(event)
  }

  /** False when no such root waits for this group: it is over, or was another's. */
  cosign(number: number, txRoot: Hex, signature: Uint8Array, absent: Absent): boolean {
    const root = this.roots.get(number)
    if (!root || root.txRoot !== txRoot) return false
    this.roots.delete(number)
    const { positions, maxFees, notAfters, signatures } = absent
    const bytes = (words: Uint32Array) =>
      new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
    this.rollup.cosign(root.place.node, this.shard, {
      group: root.place.group,
      number,
      txRoot,
      signature,
      absent: bytes(positions),
      maxFees: bytes(maxFees),
      notAfters: bytes(notAfters),
      signatures,
    })
    return true
  }

  close(): void {
    this.open = false
    for (const place of [...this.places.values()]) this.leavePlace(place)
  }
}

// Tags that make a message recognisable in the bytes of a frame, whatever the frame's format: the
// checker learns from the network itself which messages were lost.

export const TAG_MARK = [0x8f4c91e2, 0xd53b07a6] as const
export const TAG_BYTES = 12

const MARK = (() => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(TAG_MARK[0], 0)
  bytes.writeUInt32BE(TAG_MARK[1], 4)
  return bytes
})()

/** The numbers of all tagged messages in a frame. */
export function tagsIn(frame: Uint8Array): number[] {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
  const found: number[] = []
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + TAG_BYTES)) {
    if (at + TAG_BYTES <= bytes.length) found.push(bytes.readUInt32BE(at + 8))
  }
  return found
}

/** Counts the copies of every tagged message that are on the way; the last one lost is a loss. */
export class TagLedger {
  private readonly copies = new Map<number, number>()
  /** Tags that reached some host, in a frame that its link may still have dropped. */
  readonly arrived = new Set<number>()
  readonly lost = new Set<number>()

  wasSent(tag: number): boolean {
    return this.copies.has(tag)
  }

  see(fate: 'sent' | 'doubled' | 'lost' | 'arrived', frame: Uint8Array): void {
    for (const tag of tagsIn(frame)) {
      const copies = (this.copies.get(tag) ?? 0) + (fate === 'sent' || fate === 'doubled' ? 1 : -1)
      this.copies.set(tag, copies)
      if (fate === 'arrived') this.arrived.add(tag)
      if (copies === 0 && !this.arrived.has(tag)) this.lost.add(tag)
    }
  }
}

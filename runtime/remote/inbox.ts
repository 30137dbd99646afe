// One lane into a host: drops frames that come late or twice, and says how far the sender may go.

import { FRAME_MESSAGES_MAX, LINK_WINDOW_BYTES, LINK_WINDOW_MESSAGES } from '../../config/limits.ts'
import type { FrameHead } from './frame.ts'
import { InTargets } from './targets.ts'

export type Acceptance = 'new' | 'late' | 'rubbish'

export class Inbox {
  readonly targets = new InTargets()
  /** The sender is to be told how far he may go. */
  creditDue = false
  private lastSeq = -1
  /** What the sender has sent up to the last frame: taken in, or lost on the way. */
  messages = 0
  /** Messages that the last accepted head adds: those in its frame, and those lost before it. */
  arriving = 0
  private bytes = 0
  private allowedMessages = LINK_WINDOW_MESSAGES
  private allowedBytes = LINK_WINDOW_BYTES
  private confirmed = 0

  /** How a frame with this head is to be treated. */
  accept({ seq, messages, bytes }: FrameHead): Acceptance {
    if (seq <= this.lastSeq) return 'late'
    const overrun = messages > this.allowedMessages + FRAME_MESSAGES_MAX
    if (overrun || messages < this.messages || bytes < this.bytes) return 'rubbish'
    this.lastSeq = seq
    this.arriving = messages - this.messages
    this.messages = messages
    this.bytes = bytes
    return 'new'
  }

  /** Half of the window is used: time to open it again. */
  get low(): boolean {
    return (
      this.allowedMessages - this.messages <= LINK_WINDOW_MESSAGES / 2 ||
      this.allowedBytes - this.bytes <= LINK_WINDOW_BYTES / 2
    )
  }

  /** Something was taken in of which the sender does not know. */
  get unconfirmed(): boolean {
    return this.messages > this.confirmed
  }

  /** The credit to be told now. */
  grant(): { readonly taken: number; readonly messages: number; readonly bytes: number } {
    this.creditDue = false
    this.confirmed = this.messages
    this.allowedMessages = this.messages + LINK_WINDOW_MESSAGES
    this.allowedBytes = this.bytes + LINK_WINDOW_BYTES
    return { taken: this.messages, messages: this.allowedMessages, bytes: this.allowedBytes }
  }
}

// Messages for actors that are about to start here: kept in order within a bound, then handed over
// or refused.

import { HANDOFF_MESSAGES_MAX } from '../../config/limits.ts'
import type { MessageEnvelope } from '../envelope.ts'

export class WaitingMessages {
  private readonly byActor = new Map<string, MessageEnvelope[]>()

  /** False when no more fits. */
  keep(id: string, message: MessageEnvelope): boolean {
    const kept = this.byActor.get(id) ?? []
    if (kept.length >= HANDOFF_MESSAGES_MAX) return false
    kept.push(message)
    this.byActor.set(id, kept)
    return true
  }

  take(id: string): MessageEnvelope[] {
    const kept = this.byActor.get(id) ?? []
    this.byActor.delete(id)
    return kept
  }
}

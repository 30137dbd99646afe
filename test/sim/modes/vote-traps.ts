// What is to happen right after the next vote of some kind has left a node: the moment at which
// losing what it remembers does most harm.

import type { ConsensusMessage } from '../../../protocol/consensus/consensus-message.ts'
import type { SignedKind } from '../../../protocol/consensus/vote.ts'

interface Trap {
  readonly kind: SignedKind
  readonly run: () => void
}

export class VoteTraps {
  private readonly byName = new Map<string, Trap>()

  /** Instead of one that is set already. */
  set(name: string, kind: SignedKind, run: () => void): void {
    this.byName.set(name, { kind, run })
  }

  clear(): void {
    this.byName.clear()
  }

  /** What this message of that node sets off. */
  sprung(name: string, message: ConsensusMessage): (() => void) | undefined {
    const trap = message.type === 'vote' ? this.byName.get(name) : undefined
    if (!trap || message.type !== 'vote' || message.vote.kind !== trap.kind) return undefined
    this.byName.delete(name)
    return trap.run
  }
}

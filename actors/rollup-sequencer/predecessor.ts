// Whether the node whose turn it is still works. Time alone does not tell: where blocks take longer
// than FAILOVER_MS everybody would find its own turn come, and the sequencers of a busy network
// would replace each other.

import { FAILOVER_MS } from '../../protocol/params.ts'

/** An answer counts for so long. */
const FRESH_MS = 500
/** One that answers and gets nothing ordered, though transfers come, is passed over after so long. */
const STALLED_MS = 5 * FAILOVER_MS

/** Asks a node, and says later, once, whether it answered that it works. */
export type AskNode = (node: string, done: (works: boolean) => void) => void

export class Predecessor {
  private readonly ask: AskNode
  private known:
    | { readonly node: string; readonly works: boolean; readonly atMs: number }
    | undefined
  private asked: string | undefined
  private waiting: ((works: boolean) => void)[] = []
  private wantedSinceMs: number | undefined

  constructor(ask: AskNode) {
    this.ask = ask
  }

  /** A claim was ordered: whoever made it works. */
  ordered(): void {
    this.wantedSinceMs = undefined
  }

  /** Transfers have come for it: calls back with whether they are to be left to it. */
  look(node: string, now: () => number, done: (works: boolean) => void): void {
    const at = now()
    this.wantedSinceMs ??= at
    if (at - this.wantedSinceMs >= STALLED_MS) {
      done(false)
      return
    }
    const known = this.known?.node === node ? this.known : undefined
    const isFresh = known !== undefined && at - known.atMs < FRESH_MS
    // A process that starts again may keep who asks it waiting: until it says otherwise it is dead.
    if (known && (isFresh || !known.works)) done(known.works)
    else this.waiting.push(done)
    if (!isFresh) this.askAbout(node, now)
  }

  /** Transfers came here instead of there: its answer is here when our turn comes. */
  ahead(node: string, now: () => number): void {
    const { known } = this
    if (known?.node !== node || now() - known.atMs >= FRESH_MS) this.askAbout(node, now)
  }

  isDead(node: string): boolean {
    return this.known?.node === node && !this.known.works
  }

  private askAbout(node: string, now: () => number): void {
    if (this.asked === node) return
    this.asked = node
    this.ask(node, (works) => {
      if (this.asked !== node) return
      this.asked = undefined
      this.known = { node, works, atMs: now() }
      for (const one of this.waiting.splice(0)) one(works)
    })
  }
}

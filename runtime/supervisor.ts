// Supervision in OTP's words. A failed child restarts after a back-off, alone or with siblings as
// its parent chose, until it fails too often within its own intensity window; then it stops for
// good.

import type { Handlers } from './actor.ts'
import type { Cell } from './cell.ts'
import type { TerminatedWhy } from './context.ts'
import { createContext } from './create-context.ts'
import type { Host } from './host.ts'
import type { Verbs } from './messages.ts'
import { KIND } from './metrics/counters-layout.ts'
import { count } from './metrics/host-counters.ts'
import { refText } from './ref.ts'

/** What a group of siblings waits for together; a newer one replaces it. */
export interface PendingRestart {
  /** On the host's clock. */
  readonly at: number
}

export class Supervisor {
  private readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  /** Runs `setup` for a new incarnation; a throw in it is a failure like any other. */
  start(cell: Cell): void {
    if (cell.state === 'stopped') return
    cell.pendingRestart = undefined
    cell.incarnation++
    cell.become('starting')
    try {
      cell.handlers = this.setup(cell)
    } catch (error) {
      this.failed(cell, 'setup', error)
      return
    }
    // `setup` may have stopped its own actor, and gone on.
    if (cell.state !== 'starting') {
      this.endIncarnation(cell)
      return
    }
    cell.become('running')
    this.host.wake(cell)
  }

  private setup(cell: Cell): Handlers<Verbs> {
    const context = createContext(this.host, cell)
    const wrap = this.host.options.wrap?.(cell.ref, cell.incarnation, cell.props)
    if (wrap === undefined) return cell.actor.setup(context, cell.props as never)
    return wrap.handlers(cell.actor.setup(wrap.context(context), cell.props as never))
  }

  failed(cell: Cell, what: string, thrown: unknown): void {
    if (cell.state === 'stopped') return
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const { incarnation } = cell
    cell.lastError = `${what}: ${error.message}`
    this.host.log('error', cell.ref, 'actor failed', {
      what,
      incarnation,
      error: error.stack ?? '',
    })
    if (cell.actor.restart === 'temporary') {
      this.stop(cell, 'failed')
      return
    }
    const delay = cell.backoffMs(this.host.options.clock.now())
    if (delay === undefined) {
      this.host.log('error', cell.ref, 'actor stopped for good: it failed too often')
      this.stop(cell, 'failed')
      return
    }
    this.restart(this.group(cell), delay)
  }

  /** The cells that restart with a failed one, in the order of their start. */
  group(cell: Cell): Cell[] {
    if (cell.strategy === 'one-for-one') return [cell]
    const siblings = [...this.host.siblings(cell)]
    return cell.strategy === 'one-for-all' ? siblings : siblings.slice(siblings.indexOf(cell))
  }

  /**
   * Ends the incarnations now, the youngest first, and starts the next ones after the delay, the
   * eldest first. Temporary siblings of the failed one are stopped, not restarted. One that waits
   * for a restart already waits on, for the later of the two times.
   */
  restart(cells: readonly Cell[], delayMs: number): void {
    const { clock } = this.host.options
    const now = clock.now()
    const members: Cell[] = []
    for (const cell of [...cells].reverse()) {
      if (cell.state === 'stopped') continue
      if (cell.actor.restart === 'temporary' && cells.length > 1) this.stop(cell, 'stopped')
      else members.push(cell)
    }
    let at = now + delayMs
    for (const cell of members) at = Math.max(at, cell.pendingRestart?.at ?? 0)
    const pending: PendingRestart = { at }
    for (const cell of members) {
      cell.pendingRestart = pending
      if (cell.state !== 'restarting') this.suspend(cell)
    }
    members.reverse()
    clock.after(at - now, () => {
      // A member that fails at once may have taken the others into its next restart.
      for (const cell of members) if (cell.pendingRestart === pending) this.start(cell)
    })
  }

  private suspend(cell: Cell): void {
    cell.become('restarting')
    cell.restarts++
    count(cell.figures, KIND.restarts, 1)
    this.endIncarnation(cell)
  }

  private endIncarnation(cell: Cell): void {
    this.stopChildren(cell)
    cell.endIncarnation()
  }

  private stopChildren(cell: Cell): void {
    if (cell.children === undefined) return
    for (const child of [...cell.children].reverse()) this.stop(child, 'stopped')
  }

  /** Stops a cell for good: children first, in reverse order of their start. */
  stop(cell: Cell, why: TerminatedWhy): void {
    if (cell.state === 'stopped') return
    this.stopChildren(cell)
    try {
      cell.handlers?.stopping?.()
    } catch (error) {
      this.host.log('error', cell.ref, 'stopping failed', { error: (error as Error).message })
    }
    cell.become('stopped')
    cell.pendingRestart = undefined
    cell.endIncarnation()
    for (const message of cell.drain()) {
      this.host.refuse(message, 'stopped', `${refText(cell.ref)} stopped`)
    }
    this.host.forget(cell, why)
  }
}

// Supervision in OTP's words. A failed child restarts after a back-off, alone or with siblings as
// its parent chose, until it fails too often within its own intensity window; then it stops for
// good.

import type { Cell } from './cell.ts'
import type { TerminatedWhy } from './context.ts'
import type { Host } from './host.ts'
import { refText } from './ref.ts'

export class Supervisor {
  private readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  /** Runs `setup` for a new incarnation; a throw in it is a failure like any other. */
  start(cell: Cell): void {
    if (cell.state === 'stopped') return
    cell.state = 'starting'
    cell.incarnation++
    try {
      cell.handlers = cell.actor.setup(this.host.context(cell), cell.props as never)
    } catch (error) {
      this.failed(cell, 'setup', error as Error)
      return
    }
    // `setup` may have stopped its own actor, and gone on.
    if ((cell.state as string) !== 'starting') {
      this.endIncarnation(cell)
      return
    }
    cell.state = 'running'
    this.host.wake(cell)
  }

  failed(cell: Cell, what: string, error: Error): void {
    if (cell.state === 'stopped') return
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
    for (const member of this.group(cell)) this.restart(member, delay)
  }

  /** The cells that restart with a failed one, in the order of their start. */
  private group(cell: Cell): Cell[] {
    const siblings = this.host.siblings(cell)
    if (cell.strategy === 'one-for-all') return [...siblings]
    if (cell.strategy === 'rest-for-one') return siblings.slice(siblings.indexOf(cell))
    return [cell]
  }

  private restart(cell: Cell, delayMs: number): void {
    if (cell.state === 'stopped' || cell.state === 'restarting') return
    cell.state = 'restarting'
    cell.restarts++
    this.endIncarnation(cell)
    this.host.options.clock.after(delayMs, () => {
      if (cell.state === 'restarting') this.start(cell)
    })
  }

  private endIncarnation(cell: Cell): void {
    for (const child of [...cell.children].reverse()) this.stop(child, 'stopped')
    cell.endIncarnation()
  }

  /** Stops a cell for good: children first, in reverse order of their start. */
  stop(cell: Cell, why: TerminatedWhy): void {
    if (cell.state === 'stopped') return
    for (const child of [...cell.children].reverse()) this.stop(child, 'stopped')
    try {
      cell.handlers?.stopping?.()
    } catch (error) {
      this.host.log('error', cell.ref, 'stopping failed', { error: (error as Error).message })
    }
    cell.state = 'stopped'
    cell.endIncarnation()
    for (const message of cell.mailbox.drain()) {
      this.host.refuse(message, 'stopped', `${refText(cell.ref)} stopped`)
    }
    this.host.forget(cell, why)
  }
}

// What an operator's action on an actor would do, told before it is done: who restarts, what is
// kept and what is lost.

import type { Cell } from '../cell.ts'
import type { Host } from '../host.ts'
import { refText } from '../ref.ts'

export type ActorAction = 'pause' | 'resume' | 'restart' | 'kill'

const messages = (count: number) => (count === 1 ? '1 message' : `${count} messages`)

function descendants(cell: Cell): number {
  let sum = 0
  for (const child of cell.children ?? []) sum += 1 + descendants(child)
  return sum
}

function stoppingChildren(cell: Cell): string {
  const children = descendants(cell)
  if (children === 0) return ''
  return ` Its ${children === 1 ? 'child stops' : `${children} children stop`} with it.`
}

function waiting(cell: Cell): string {
  const { depth } = cell.mailbox
  const stash = cell.stashedCount > 0 ? ` (and ${cell.stashedCount} put aside)` : ''
  return `${messages(depth)} waiting${stash}`
}

const LOST = 'Its state in memory, timers and open asks are lost.'

function ofKill(host: Host, cell: Cell): string {
  const { actor } = cell
  const failure = 'A failure is injected.'
  if (actor.restart === 'temporary') {
    return `${failure} It is temporary: it stops for good, and ${waiting(cell)} become dead letters.${stoppingChildren(cell)}`
  }
  const delay = cell.nextBackoffMs(host.options.clock.now())
  if (delay === undefined) {
    return `${failure} It has failed too often: it stops for good, and ${waiting(cell)} become dead letters.${stoppingChildren(cell)}`
  }
  const group = host.supervisor.group(cell)
  const others = group.filter((one) => one !== cell).map((one) => refText(one.ref))
  const siblings =
    others.length === 0
      ? ''
      : ` By ${cell.strategy} ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''} restart too.`
  return `${failure} It restarts after ${delay} ms; ${waiting(cell)} are kept. ${LOST}${siblings}${stoppingChildren(cell)}`
}

export function consequence(host: Host, cell: Cell | undefined, action: ActorAction): string {
  if (!cell) return 'There is no such actor here: nothing happens.'
  const room = cell.actor.mailbox.capacity
  if (action === 'pause') {
    return `It handles nothing until it is resumed; ${waiting(cell)}, up to ${room} a lane, then ${
      cell.actor.mailbox.overflow === 'reject' ? 'new ones are refused' : 'the oldest are dropped'
    }. Asks to it expire at their deadlines.`
  }
  if (action === 'resume') return `It goes on with ${waiting(cell)}.`
  if (action === 'restart') {
    return `It starts anew at once and it does not count as a failure; ${waiting(cell)} are kept. ${LOST}${stoppingChildren(cell)}`
  }
  return ofKill(host, cell)
}

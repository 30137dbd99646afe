// POST /inspector/act and /inspector/tap: pause, resume, restart and kill an actor, or listen to
// its messages for a bounded time. Each is written to the log before it is done.

import { ADMIN_TAP_MESSAGES_MAX, ADMIN_TAP_MS } from '../../../config/limits.ts'
import type { HttpRequest } from '../../../transport/http/http-server.ts'
import type { ActorAction, ActReply, TapReply } from '../../inspector/snapshot.ts'
import type { AdminOptions, AdminThread } from './admin-options.ts'
import { Problem } from './problem.ts'
import { readObject } from './serve-admin.ts'

const ACTIONS: readonly ActorAction[] = ['pause', 'resume', 'restart', 'kill']

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 256) return value
  throw new Problem('BAD_REQUEST', `${name} is a text of 1 to 256 characters`)
}

function whole(value: unknown, name: string, max: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max) {
    return value as number
  }
  throw new Problem('BAD_REQUEST', `${name} is a whole number from 1 to ${max}`)
}

function threadOf(options: AdminOptions, host: string): AdminThread {
  const threads = options.threads()
  const thread = threads.find((one) => one.host === host)
  if (thread) return thread
  const known = threads.map((one) => one.host).join(', ')
  throw new Problem('NOT_FOUND', `this process has no host ${host.slice(0, 80)} (${known})`)
}

function audit(options: AdminOptions, event: string, fields: Record<string, unknown>): void {
  const host = options.host.name
  options.log.write({ level: 'warn', host, actor: undefined, event, fields })
}

export async function act(options: AdminOptions, request: HttpRequest): Promise<ActReply> {
  const fields = readObject(request.body, ['host', 'actor', 'action', 'dry'])
  const host = text(fields.host, 'host')
  const actor = text(fields.actor, 'actor')
  const action = fields.action as ActorAction
  if (!ACTIONS.includes(action)) {
    throw new Problem('BAD_REQUEST', `action is one of ${ACTIONS.join(', ')}`)
  }
  const dry = fields.dry ?? false
  if (typeof dry !== 'boolean') throw new Problem('BAD_REQUEST', 'dry is true or false')
  const thread = threadOf(options, host)
  if (!dry) audit(options, 'admin act', { host, actor, action, from: request.remoteAddress })
  const reply = await thread.agent.act({ host, actor, action, dry })
  if (reply.consequence === '') {
    throw new Problem('NOT_FOUND', `${host} runs no actor ${actor.slice(0, 80)}`)
  }
  return reply
}

export async function tap(options: AdminOptions, request: HttpRequest): Promise<TapReply> {
  const fields = readObject(request.body, ['host', 'actor', 'max', 'ms'])
  const host = text(fields.host, 'host')
  const actor = text(fields.actor, 'actor')
  const max = whole(fields.max, 'max', ADMIN_TAP_MESSAGES_MAX)
  const ms = whole(fields.ms, 'ms', ADMIN_TAP_MS)
  const thread = threadOf(options, host)
  audit(options, 'admin tap', { host, actor, max, ms, from: request.remoteAddress })
  return thread.agent.tap({ host, actor, max, ms })
}

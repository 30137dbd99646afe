// The calls that change something or look into messages: they carry the admin token.

import type { Agent } from 'node:http'
import {
  INSPECTOR_ANSWER_MS,
  INSPECTOR_TAP_MESSAGES,
  INSPECTOR_TAP_MS,
} from '../../../config/limits.ts'
import type { ActorAction, ActReply, ActRequest, TapReply, TapRequest } from '../snapshot.ts'
import type { ActorTarget } from '../state/model.ts'
import { requestJson } from './request-json.ts'

/** Stopping an actor takes as long as its handler does; a bit more than a snapshot. */
const ACT_MS = 10_000

export interface AdminAccess {
  readonly agent: Agent
  readonly token: string | undefined
  /** Base of the process's admin server. */
  readonly url: string
}

/** With `dry` nothing is done: only what it would mean is told. */
export async function act(
  access: AdminAccess,
  target: ActorTarget,
  action: ActorAction,
  dry: boolean,
): Promise<ActReply> {
  const body: ActRequest = { host: target.host, actor: target.id, action, ...(dry && { dry }) }
  const { value } = requestJson({
    url: new URL('/inspector/act', access.url).href,
    agent: access.agent,
    token: access.token,
    deadlineMs: dry ? INSPECTOR_ANSWER_MS : ACT_MS,
    body,
  })
  const reply = (await value) as Partial<ActReply> | null
  if (typeof reply?.consequence !== 'string') throw new Error('it did not say what it means')
  return { done: reply.done === true, consequence: reply.consequence }
}

export interface Tapping {
  readonly reply: Promise<TapReply>
  cancel(): void
}

export function tap(access: AdminAccess, target: ActorTarget): Tapping {
  const body: TapRequest = {
    host: target.host,
    actor: target.id,
    max: INSPECTOR_TAP_MESSAGES,
    ms: INSPECTOR_TAP_MS,
  }
  const { value, cancel } = requestJson({
    url: new URL('/inspector/tap', access.url).href,
    agent: access.agent,
    token: access.token,
    deadlineMs: INSPECTOR_TAP_MS + INSPECTOR_ANSWER_MS,
    body,
  })
  return { reply: value.then(tapReply), cancel }
}

function tapReply(value: unknown): TapReply {
  const reply = value as Partial<TapReply> | null
  if (!Array.isArray(reply?.messages)) throw new Error('it gave no messages')
  return { messages: reply.messages, ended: reply.ended ?? 'time' }
}

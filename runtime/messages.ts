// Vocabularies: what an actor kind can be told and asked, with the schema of every body.
// One vocabulary per actor kind, in actors/messages/<kind>.ts.

import type { Infer, Schema } from '../lib/schema.ts'

/** Control messages overtake data messages in every mailbox. */
export type Lane = 'control' | 'data'

export interface TellVerb<In> {
  readonly form: 'tell'
  readonly body: Schema<In>
  readonly lane: Lane
}

export interface AskVerb<In, Out> {
  readonly form: 'ask'
  readonly body: Schema<In>
  readonly reply: Schema<Out>
  readonly lane: Lane
}

export function tell<In>(body: Schema<In>, lane: Lane = 'data'): TellVerb<In> {
  return { form: 'tell', body, lane }
}

export function ask<In, Out>(
  body: Schema<In>,
  reply: Schema<Out>,
  lane: Lane = 'data',
): AskVerb<In, Out> {
  return { form: 'ask', body, reply, lane }
}

export type Verbs = Record<string, TellVerb<unknown> | AskVerb<unknown, unknown>>

export interface Vocabulary<V extends Verbs = Verbs> {
  /** The actor kind that understands this vocabulary. */
  readonly kind: string
  readonly version: number
  readonly verbs: V
}

export function messages<V extends Verbs>(kind: string, version: number, verbs: V): Vocabulary<V> {
  return { kind, version, verbs }
}

export type Body<V extends Verbs, N extends keyof V> = Infer<V[N]['body']>

export type Reply<V extends Verbs, N extends keyof V> = V[N] extends {
  readonly form: 'ask'
  readonly reply: Schema<infer Out>
}
  ? Out
  : never

export type TellNames<V extends Verbs> = {
  [N in keyof V]: V[N] extends { form: 'tell' } ? N : never
}[keyof V] &
  string

export type AskNames<V extends Verbs> = {
  [N in keyof V]: V[N] extends { form: 'ask' } ? N : never
}[keyof V] &
  string

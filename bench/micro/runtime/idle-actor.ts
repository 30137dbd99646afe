// What an actor costs that does nothing: bytes of heap of each of 100,000, all in (cell, mailbox,
// context, handlers, key), and how fast they start and stop. Needs node's --expose-gc.

import type { Host } from '../../../runtime/host.ts'
import { counter } from './counter-actor.ts'
import { realHost } from './real-host.ts'
import { Rounds } from './rounds.ts'
import { Sink } from './sink-messages.ts'

const ACTORS = 100_000
const ROUNDS = 5

function heapBytes(): number {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) throw new Error('run node with --expose-gc')
  gc()
  gc()
  return process.memoryUsage().heapUsed
}

function spawnAll(host: Host, count: number): void {
  for (let i = 0; i < count; i++) host.spawn(counter, `actor-${i}`, null)
}

async function idleBytes(): Promise<number> {
  const host = realHost()
  // What comes with the first actor of its kind is the host's, not the actor's.
  host.spawn(counter, 'first', null)
  const before = heapBytes()
  spawnAll(host, ACTORS)
  const bytes = (heapBytes() - before) / ACTORS
  await host.stop()
  return bytes
}

/** After each has handled one message: what its mailbox keeps. */
async function usedBytes(): Promise<number> {
  const host = realHost()
  host.spawn(counter, 'first', null)
  const before = heapBytes()
  spawnAll(host, ACTORS)
  for (let i = 0; i < ACTORS; i++) host.edge.tell(Sink, `actor-${i}`, 'Add', 1)
  await host.edge.ask(Sink, `actor-${ACTORS - 1}`, 'Sum', null, { within: 10_000 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  host.placementChanged()
  const bytes = (heapBytes() - before) / ACTORS
  await host.stop()
  return bytes
}

async function spawnRate(stops: (rate: number) => void): Promise<number> {
  const host = realHost()
  const started = performance.now()
  spawnAll(host, ACTORS)
  const spawned = performance.now()
  await host.stop()
  stops((ACTORS / (performance.now() - spawned)) * 1000)
  return (ACTORS / (spawned - started)) * 1000
}

export interface IdleActor {
  readonly idle_bytes: number
  /** Of an actor that has handled a message. */
  readonly used_bytes: number
  readonly spawn_per_s: number
  readonly stop_per_s: number
  readonly actors: number
  readonly rounds: number
}

export async function idleActor(): Promise<IdleActor> {
  const rounds = new Rounds()
  let stopped = 0
  await rounds.run(ROUNDS, {
    spawn: () => spawnRate((rate) => (stopped = rate)),
    stop: () => stopped,
    idle: idleBytes,
    used: usedBytes,
  })
  return {
    idle_bytes: rounds.median('idle'),
    used_bytes: rounds.median('used'),
    spawn_per_s: rounds.median('spawn'),
    stop_per_s: rounds.median('stop'),
    actors: ACTORS,
    rounds: ROUNDS,
  }
}

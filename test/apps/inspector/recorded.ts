// Rows of an inspector's views with sensible values, for tests to change what they are about.

import type { ActorView } from '../../../apps/inspector/snapshot.ts'

export function actor(id: string, changes: Partial<ActorView> = {}): ActorView {
  return {
    id,
    host: 'node0/chain',
    parent: 'root/node0',
    strategy: 'one-for-one',
    restart: 'permanent',
    state: 'running',
    depth: 0,
    highWater: 8,
    oldestMs: 0,
    handled: 1000,
    perSecond: 12,
    p50Us: undefined,
    p99Us: undefined,
    restarts: 0,
    deadLetters: 0,
    lastError: '',
    ...changes,
  }
}

// Rows of an inspector's views with sensible values, for tests to change what they are about.

import type {
  ActorView,
  ProcessHead,
  Snapshot,
  ViewName,
  Views,
} from '../../../apps/inspector/snapshot.ts'
import { type InspectorState, initialState } from '../../../apps/inspector/state/model.ts'
import { answered } from '../../../apps/inspector/state/replies.ts'

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

export function head(process: string, changes: Partial<ProcessHead> = {}): ProcessHead {
  return {
    process,
    nodes: [process],
    pid: 4242,
    version: '0.1.0',
    startedAt: 1_800_000_000_000 - 125_000,
    at: 1_800_000_000_000,
    rssBytes: 181_000_000,
    cpu: 0.042,
    ...changes,
  }
}

const hash = (digit: string) => `0x${digit.repeat(64)}`

/** One process's answer to every view; node names and figures follow from its name. */
export function recorded(process: string, actors: readonly ActorView[] = []): Views {
  return {
    actors: { actors, matched: actors.length, total: actors.length, gone: [] },
    cluster: {
      threads: ['chain', 'market'].map((thread, i) => ({
        host: `${process}/${thread}`,
        node: process,
        state: 'running',
        actors: 12 + i,
        heapBytes: 48_300_000,
        delayP50Ms: 0.8,
        delayP99Ms: 12.4,
        cpu: 0.031,
        restarts: i,
        deadLetters: { 'no such actor': 3 * i },
      })),
      links: ['node0', 'node1']
        .filter((peer) => peer !== process)
        .map((peer) => ({
          from: process,
          to: peer,
          over: 'libp2p',
          state: 'up',
          roundTripMs: 0.42,
          framesIn: 1200,
          framesOut: 1300,
          bytesIn: 5_400_000,
          bytesOut: 6_100_000,
          creditsLeft: 8192,
          parked: 0,
        })),
    },
    jobs: {
      jobs: [
        {
          id: 'job_01',
          state: 'running',
          model: 'tiny-llm',
          provider: 'cpu-1',
          ageMs: 4200,
          inStateMs: 3100,
          reason: '',
        },
        {
          id: 'job_02',
          state: 'queued',
          model: 'big-llm',
          provider: undefined,
          ageMs: 62_000,
          inStateMs: 62_000,
          reason: 'no provider has 16 GiB',
        },
      ],
      counts: { queued: 1, running: 1, completed: 5 },
    },
    chain: {
      validators: [
        {
          node: process,
          height: 231,
          blockHash: hash('a'),
          stateRoot: hash('b'),
          mode: 'BALANCED',
          view: 0,
          headAgeMs: 340,
          mempool: 4,
          facts: {
            epoch: 7,
            epoch_blocks_left: 9,
            mode_reason: 'load 0.62 is above 0.40',
            leader: `0x${'c4'.repeat(20)}`,
            certificate: { signers: 3, authorities: 3, stake_percent: 75 },
            checkpoint: { height: 180 },
          },
        },
      ],
      finalityMs: { p50: 412, p99: 903 },
      blocks: Array.from({ length: 30 }, (_, i) => ({
        height: 231 - i,
        hash: hash('a'),
        transactions: (i * 7) % 40,
        finalMs: 300 + ((i * 53) % 400),
      })),
    },
    storage: {
      stores: ['chain', 'jobs'].map((store) => ({
        node: process,
        store,
        usedBytes: 41_000_000,
        mapBytes: 1_073_741_824,
        rows: 10_400,
        readers: 2,
        commits: 231,
        commitP50Ms: 3.4,
        commitP99Ms: 11.2,
      })),
      diskFreeBytes: 64_000_000_000,
    },
    log: {
      entries: Array.from({ length: 40 }, (_, i) => ({
        at: 1_800_000_000_000 - i * 250,
        level: i === 1 ? 'error' : 'info',
        host: `${process}/chain`,
        actor: i === 1 ? 'validator/node0' : undefined,
        event: i === 1 ? 'handler failed' : 'block is final',
        fields: `height=${231 - i}`,
      })),
    },
  }
}

export function snapshot<V extends ViewName>(process: string, view: V, body: Views[V]): Snapshot {
  return { head: head(process), view, body }
}

/** A state in which these processes have answered, each with its own rows. */
export function heardState(
  told: Readonly<Record<string, Views>>,
  options: { readonly view?: ViewName; readonly admin?: boolean; readonly now?: number } = {},
): InspectorState {
  const now = options.now ?? 1_800_000_000_000
  const processes = Object.keys(told).map((name, i) => ({
    name,
    nodes: [name],
    url: `http://127.0.0.1:${9464 + i}`,
  }))
  let state = initialState({ cluster: 'local-2', processes, ...options, now })
  let sequence = 0
  for (const [process, views] of Object.entries(told)) {
    for (const view of Object.keys(views) as ViewName[]) {
      const answer = { process, view, sequence: ++sequence }
      state = answered(state, answer, snapshot(process, view, views[view]), now)
    }
  }
  return state
}

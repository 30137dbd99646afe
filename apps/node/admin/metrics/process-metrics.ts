// All metrics of this process: itself, its threads and their actors and links, its stores, and the
// heights of its validators. Reading them marks a reader, so that times are recorded.

import type { ProcessHead } from '../../../inspector/snapshot.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { Family } from '../open-metrics.ts'
import { readStores } from '../views/storage-view.ts'
import { chainFamilies, secondsOf } from './chain-metrics.ts'
import { hostFamilies } from './host-metrics.ts'
import { peerFamilies } from './peer-metrics.ts'
import { readChain } from './read-chain.ts'
import { readHosts } from './read-hosts.ts'
import { rollupFamilies } from './rollup-metrics.ts'
import { syncFamilies } from './sync-metrics.ts'

const one = (value: number) => [{ labels: {}, value }]

function processFamilies(head: ProcessHead): Family[] {
  const { user, system } = process.cpuUsage()
  return [
    {
      name: 'aitbc_build',
      help: 'The program that runs.',
      type: 'info',
      samples: [{ labels: { version: head.version, process: head.process }, value: 1 }],
    },
    {
      name: 'aitbc_process_start_time_seconds',
      help: 'Unix time at which the process started.',
      unit: 'seconds',
      type: 'gauge',
      samples: one(head.startedAt / 1000),
    },
    {
      name: 'aitbc_process_cpu_seconds',
      help: 'Processor time used.',
      unit: 'seconds',
      type: 'counter',
      samples: one((user + system) / 1e6),
    },
    {
      name: 'aitbc_process_resident_memory_bytes',
      help: 'Memory in use.',
      unit: 'bytes',
      type: 'gauge',
      samples: one(head.rssBytes),
    },
  ]
}

async function threadFamilies(options: AdminOptions): Promise<Family[]> {
  const threads = options.threads()
  const answers = await Promise.allSettled(threads.map(({ agent }) => agent.thread()))
  const labels = (i: number) => ({
    node: threads[i]?.node ?? '',
    host: threads[i]?.host ?? '',
  })
  return [
    {
      name: 'aitbc_thread_up',
      help: 'Whether the thread runs and answers.',
      type: 'gauge',
      samples: answers.map((answer, i) => ({
        labels: labels(i),
        value: answer.status === 'fulfilled' ? 1 : 0,
      })),
    },
    {
      name: 'aitbc_thread_restarts',
      help: 'Times that the thread was started again.',
      type: 'counter',
      samples: threads.map(({ restarts }, i) => ({ labels: labels(i), value: restarts })),
    },
    {
      name: 'aitbc_gc_pause_seconds',
      help: 'Pauses of the garbage collector.',
      unit: 'seconds',
      type: 'histogram',
      samples: answers.flatMap((answer, i) =>
        answer.status === 'fulfilled' ? [secondsOf(labels(i), answer.value.gcPausesUs)] : [],
      ),
    },
    {
      name: 'aitbc_thread_heap_bytes',
      help: 'Heap in use.',
      unit: 'bytes',
      type: 'gauge',
      samples: answers.flatMap((answer, i) =>
        answer.status === 'fulfilled'
          ? [{ labels: labels(i), value: answer.value.heapUsedBytes }]
          : [],
      ),
    },
  ]
}

async function storeFamilies(options: AdminOptions): Promise<Family[]> {
  const stores = await readStores(options)
  const samples = (value: (store: (typeof stores)[number]) => number) =>
    stores.map((store) => ({
      labels: { node: store.node, store: store.store },
      value: value(store),
    }))
  return [
    {
      name: 'aitbc_store_used_bytes',
      help: 'Pages in use, free ones among them.',
      unit: 'bytes',
      type: 'gauge',
      samples: samples((store) => store.usedBytes),
    },
    {
      name: 'aitbc_store_map_bytes',
      help: 'Size of the memory map.',
      unit: 'bytes',
      type: 'gauge',
      samples: samples((store) => store.mapBytes),
    },
    {
      name: 'aitbc_store_readers',
      help: 'Readers that hold pages, in all processes.',
      type: 'gauge',
      samples: samples((store) => store.readers),
    },
    {
      name: 'aitbc_store_commit_seconds',
      help: 'What a commit took, its flush to the disk included.',
      unit: 'seconds',
      type: 'histogram',
      samples: stores.map(({ node, store, commitUs }) => secondsOf({ node, store }, commitUs)),
    },
    {
      name: 'aitbc_store_rows',
      help: 'Rows of all tables.',
      type: 'gauge',
      samples: samples((store) => store.rows),
    },
    {
      name: 'aitbc_store_commits',
      help: 'Commits since the store was opened.',
      type: 'counter',
      samples: samples((store) => store.commits),
    },
  ]
}

/** Seconds that JSON-RPC methods took at the gateways of this process. */
function rpcFamilies({ rpc }: AdminOptions): Family[] {
  const samples = (rpc?.() ?? []).flatMap(({ node, figures }) =>
    figures.map(({ method, result, us }) => secondsOf({ node, method, result }, us)),
  )
  const help = 'What a JSON-RPC method took, by how it ended.'
  return [{ name: 'rpc_duration_seconds', help, unit: 'seconds', type: 'histogram', samples }]
}

export async function processMetrics(options: AdminOptions, head: ProcessHead): Promise<Family[]> {
  const [threads, stores, readings, rollup] = await Promise.all([
    threadFamilies(options),
    storeFamilies(options),
    readChain(options),
    rollupFamilies(options),
  ])
  const hosts = readHosts(options)
  return [
    ...processFamilies(head),
    ...threads,
    ...hostFamilies(hosts),
    ...peerFamilies(options, hosts),
    ...stores,
    ...chainFamilies(readings),
    ...rollup,
    ...syncFamilies(options.validators, hosts),
    ...rpcFamilies(options),
  ]
}

// A full mesh of hosts on worker threads: every pair shares the memory of a link, and a thread that
// died and came back gets new ones. The starting thread takes part as a host of its own.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, Worker } from 'node:worker_threads'
import { packageRoot } from '../../lib/package-root.ts'
import type { Host } from '../../runtime/host.ts'
import { heardLink } from '../heard-link.ts'
import { closeRing, ringLink, ringMemory } from './ring-link.ts'

interface PeerMessage {
  readonly type: 'aitbc-peer'
  readonly peer: string
  readonly memory: SharedArrayBuffer
  /** Which end of the link is the receiver's. */
  readonly side: 0 | 1
}

function isPeerMessage(value: unknown): value is PeerMessage {
  return (value as PeerMessage | null)?.type === 'aitbc-peer'
}

/** In a worker thread: attaches every link whose memory the starting thread hands over. */
export function joinMesh(host: Host): void {
  parentPort?.on('message', (message: unknown) => {
    if (!isPeerMessage(message)) return
    host.attach(message.peer, ringLink(message.memory, message.side))
  })
}

export class ThreadMesh {
  private readonly host: Host
  private readonly silent: (name: string, why: string) => void
  private readonly workers = new Map<string, Worker>()
  private readonly memories = new WeakMap<Worker, SharedArrayBuffer[]>()

  /** `silent` hears of threads that no longer answer, also of those that have ended. */
  constructor(host: Host, silent: (name: string, why: string) => void = () => {}) {
    this.host = host
    this.silent = silent
  }

  /** Starts a thread that imports `module` and is linked to all threads that run already. */
  start(name: string, module: URL, data: Record<string, unknown>): Worker {
    const worker = new Worker(bootFile(), {
      name,
      workerData: { ...data, name, module: module.href },
    })
    this.connect(worker, name)
    this.workers.set(name, worker)
    worker.once('exit', () => {
      if (this.workers.get(name) === worker) this.workers.delete(name)
      // A thread that is gone cannot say so itself.
      for (const memory of this.memories.get(worker) ?? []) closeRing(memory, `${name} has ended`)
    })
    return worker
  }

  /** The threads that run. */
  threads(): Worker[] {
    return [...this.workers.values()]
  }

  private connect(worker: Worker, name: string): void {
    const memory = this.share(worker, this.host.name, 1)
    const link = heardLink(ringLink(memory, 0), (why) => this.silent(name, why))
    this.host.attach(name, link, { heartbeat: true })
    for (const [peerName, peer] of this.workers) {
      if (peerName !== name) this.share(peer, name, 0, this.share(worker, peerName, 1))
    }
  }

  /** Hands a thread its end of the link to `peer`; the link ends when the thread does. */
  private share(worker: Worker, peer: string, side: 0 | 1, memory = ringMemory()) {
    const message: PeerMessage = { type: 'aitbc-peer', peer, memory, side }
    worker.postMessage(message)
    const memories = this.memories.get(worker) ?? []
    this.memories.set(worker, memories)
    memories.push(memory)
    return memory
  }
}

/** The first file of every thread; it is not compiled, so it lies with the sources. */
export function bootFile(): URL {
  return pathToFileURL(join(packageRoot(), 'transport', 'threads', 'boot.mjs'))
}

// A full mesh of hosts on worker threads: every pair gets a MessageChannel, and a thread that died
// and came back gets new ones. The starting thread takes part as a host of its own.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort, parentPort, Worker } from 'node:worker_threads'
import { packageRoot } from '../../lib/package-root.ts'
import type { Host } from '../../runtime/host.ts'
import { heardLink } from '../heard-link.ts'
import { portLink } from './port-link.ts'

interface PeerMessage {
  readonly type: 'aitbc-peer'
  readonly peer: string
  readonly port: MessagePort
}

function isPeerMessage(value: unknown): value is PeerMessage {
  return (value as PeerMessage | null)?.type === 'aitbc-peer'
}

/** In a worker thread: attaches every port that the starting thread hands over. */
export function joinMesh(host: Host): void {
  parentPort?.on('message', (message: unknown) => {
    if (isPeerMessage(message)) host.attach(message.peer, portLink(message.port))
  })
}

export class ThreadMesh {
  private readonly host: Host
  private readonly silent: (name: string, why: string) => void
  private readonly workers = new Map<string, Worker>()

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
    })
    return worker
  }

  private connect(worker: Worker, name: string): void {
    const main = new MessageChannel()
    worker.postMessage({ type: 'aitbc-peer', peer: this.host.name, port: main.port2 }, [main.port2])
    const link = heardLink(portLink(main.port1), (why) => this.silent(name, why))
    this.host.attach(name, link, { heartbeat: true })
    for (const [peerName, peer] of this.workers) {
      if (peerName === name) continue
      const { port1, port2 } = new MessageChannel()
      worker.postMessage({ type: 'aitbc-peer', peer: peerName, port: port1 }, [port1])
      peer.postMessage({ type: 'aitbc-peer', peer: name, port: port2 }, [port2])
    }
  }
}

/** The first file of every thread; it is not compiled, so it lies with the sources. */
export function bootFile(): URL {
  return pathToFileURL(join(packageRoot(), 'transport', 'threads', 'boot.mjs'))
}

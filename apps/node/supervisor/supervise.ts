// Starts every node of a topology as its own process on this machine and looks after them: ready
// when each has heard of every other, started again when one dies, stopped together.

import type { Environment } from '../../../config/env.ts'
import { NODES_LINKED_MS } from '../../../config/limits.ts'
import type { Topology } from '../../../config/topology-schema.ts'
import type { ClusterEvent, ClusterStatus } from '../cluster-events.ts'
import type { Endpoints } from '../endpoints.ts'
import type { KeyAccess } from '../keys/node-keys.ts'
import type { NodeAddresses } from '../node-addresses.ts'
import type { FromNode } from './node-messages.ts'
import { SupervisedNode } from './supervised-node.ts'

export interface SuperviseOptions {
  /** With its ports written out. */
  readonly topology: Topology
  /** Absolute. */
  readonly dataDirectory: string
  readonly environment: Environment
  readonly access?: KeyAccess | undefined
  readonly report: (event: ClusterEvent) => void
}

interface Member {
  readonly node: SupervisedNode
  addresses: NodeAddresses
  ready: boolean
  linked: boolean
}

/** A start that failed keeps the code of its cause. */
export class NodeStartError extends Error {
  override readonly name = 'NodeStartError'
  readonly code: string | undefined
  /** What to do, where the cause knows it. */
  readonly hint: string | undefined
  constructor(message: string, code?: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

export class Supervisor {
  private readonly options: SuperviseOptions
  private readonly members = new Map<string, Member>()
  private readonly startedAt = performance.now()
  private settle: { done(): void; refuse(error: Error): void } | undefined
  private heard: ((status: ClusterStatus) => void) | undefined
  private stopping = false
  /** Called whenever a process id or an address has changed. */
  changed: () => void = () => {}

  constructor(options: SuperviseOptions) {
    this.options = options
    const { topology, dataDirectory, environment, access } = options
    for (const name of Object.keys(topology.nodes)) {
      const place = { topology, node: name, dataDirectory, environment, access }
      const begin = { type: 'begin', ...place } as const
      const node = new SupervisedNode(begin, {
        message: (message) => this.message(name, message),
        died: (how, again) => this.died(name, `process of ${name} ended (${how}): ${again}`),
        restarted: () => this.changed(),
      })
      this.members.set(name, { node, addresses: {}, ready: false, linked: false })
    }
  }

  /** Resolves when all nodes serve and have heard of each other; rejects when one cannot start. */
  start(): Promise<void> {
    return new Promise((done, reject) => {
      const late = setTimeout(() => {
        const missing = [...this.members].filter(([, one]) => !one.linked).map(([name]) => name)
        const ms = NODES_LINKED_MS
        refuse(new NodeStartError(`${missing.join(', ')} not ready after ${ms / 1000} s`))
      }, NODES_LINKED_MS)
      const refuse = (error: Error) => {
        clearTimeout(late)
        this.settle = undefined
        reject(error)
      }
      this.settle = {
        done: () => {
          clearTimeout(late)
          this.settle = undefined
          done()
        },
        refuse,
      }
      for (const { node } of this.members.values()) node.start()
    })
  }

  private message(name: string, message: FromNode): void {
    const member = this.members.get(name) as Member
    const { report } = this.options
    if (message.type === 'event') this.event(name, message.event)
    else if (message.type === 'status') this.heard?.(message.status)
    else if (message.type === 'failed') {
      const { code, hint } = message
      this.settle?.refuse(new NodeStartError(`${name}: ${message.message}`, code, hint))
      if (!this.settle) report({ type: 'warning', message: `${name}: ${message.message}` })
    } else if (message.type === 'linked') {
      member.linked = true
      if ([...this.members.values()].every((one) => one.linked)) this.settle?.done()
    } else {
      member.ready = true
      member.addresses = message.addresses
      const ms = Math.round(performance.now() - this.startedAt)
      const at = message.height > 0 ? `height ${message.height}` : 'from genesis'
      if (this.settle) {
        report({ type: 'step', name, ms, detail: `${message.detail} · ${at}` })
      } else report({ type: 'warning', message: `${name} is back, at height ${message.height}` })
      this.changed()
    }
  }

  private event(name: string, event: ClusterEvent): void {
    const { report } = this.options
    if (event.type === 'warning') report({ ...event, message: `${name}: ${event.message}` })
    else if (event.type === 'download') report(event)
  }

  private died(name: string, message: string): void {
    const member = this.members.get(name) as Member
    member.ready = false
    if (this.stopping) return
    this.options.report({ type: 'warning', message })
    this.settle?.refuse(new NodeStartError(message))
  }

  nodes(): NonNullable<Endpoints['nodes']> {
    return [...this.members].map(([name, { node, addresses }]) => ({
      name,
      process: name,
      pid: node.pid ?? 0,
      admin: '',
      ...addresses,
    }))
  }

  /** As the first node that runs sees it; undefined when none answers within `withinMs`. */
  status(withinMs: number): Promise<ClusterStatus | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), withinMs)
      this.heard = (status) => {
        clearTimeout(timer)
        resolve(status)
      }
      const up = [...this.members.values()].find(({ ready }) => ready)
      up?.node.send({ type: 'status' })
    })
  }

  async stop(): Promise<void> {
    this.stopping = true
    await Promise.all([...this.members.values()].map(({ node }) => node.stop()))
  }
}

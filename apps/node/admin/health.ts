// Whether this process may be sent work, with its reasons: a truthful no is worth more than a calm
// yes. Every thread must answer, its validators must reach a quorum and be at a fresh head (or have
// nothing to do), and the disk must have room.

import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { ADMIN_ASK_MS, READY_DISK_BYTES, READY_HEAD_MS } from '../../../config/limits.ts'
import type { LinkView } from '../../inspector/snapshot.ts'
import type { AdminOptions } from './admin-options.ts'
import { diskFreeBytes } from './views/storage-view.ts'

export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

export interface Readiness {
  readonly ready: boolean
  readonly checks: readonly HealthCheck[]
}

async function threadChecks(options: AdminOptions): Promise<HealthCheck[]> {
  return Promise.all(
    options.threads().map(async ({ host, state, agent }) => {
      const name = `thread ${host}`
      if (state !== 'running') return { name, ok: false, detail: `is ${state}` }
      try {
        await agent.thread()
        return { name, ok: true, detail: 'answers' }
      } catch (error) {
        return { name, ok: false, detail: (error as Error).message }
      }
    }),
  )
}

/** Validators that this one's host is linked to, itself included; a shared host needs no link. */
function reachable(options: AdminOptions, validator: string, links: readonly LinkView[]): number {
  const { place } = options.host.options
  const own = place('validator', validator)
  const up = new Set(
    links.filter((link) => link.from === own && link.state !== 'down').map((link) => link.to),
  )
  const isReached = (other: string) => {
    const host = place('validator', other)
    return host === own || up.has(host)
  }
  return options.allValidators.filter(isReached).length
}

function quorumCheck(
  options: AdminOptions,
  validator: string,
  links: readonly LinkView[],
): HealthCheck {
  const count = reachable(options, validator, links)
  const detail = `${count} of ${options.allValidators.length} validators, itself included`
  return { name: `links of ${validator}`, ok: options.isQuorum(count), detail }
}

/** A head may be old when no transaction waits; otherwise something holds the chain up. */
async function headCheck({ host }: AdminOptions, node: string): Promise<HealthCheck> {
  const name = `head of ${node}`
  try {
    const within = { within: ADMIN_ASK_MS }
    const [head, status] = await Promise.all([
      host.edge.ask(ArchiveMessages, node, 'Head', null, within),
      host.edge.ask(ValidatorMessages, node, 'Status', null, within),
    ])
    const ageMs = Date.now() - head.finalAtMs
    const at = `height ${head.height}, ${Math.max(0, Math.round(ageMs))} ms old`
    if (status.syncing) return { name, ok: false, detail: `${at}: ${status.waiting}` }
    if (ageMs <= READY_HEAD_MS) return { name, ok: true, detail: at }
    const isIdle = status.waiting.startsWith('nothing to do')
    return { name, ok: isIdle, detail: `${at}: ${status.waiting}` }
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message }
  }
}

async function diskCheck({ dataDirectory }: AdminOptions): Promise<HealthCheck> {
  const name = 'disk'
  try {
    const free = await diskFreeBytes(dataDirectory)
    const mib = (bytes: number) => Math.floor(bytes / 2 ** 20)
    const detail = `${mib(free)} MiB free, ${mib(READY_DISK_BYTES)} wanted`
    return { name, ok: free >= READY_DISK_BYTES, detail }
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message }
  }
}

export async function readiness(
  options: AdminOptions,
  links: readonly LinkView[],
): Promise<Readiness> {
  const [threads, heads, disk] = await Promise.all([
    threadChecks(options),
    Promise.all(options.validators.map((node) => headCheck(options, node))),
    diskCheck(options),
  ])
  // Links that nobody counts say nothing.
  const quorums =
    links.length > 0 ? options.validators.map((node) => quorumCheck(options, node, links)) : []
  const checks = [...threads, ...quorums, ...heads, disk]
  return { ready: checks.every((check) => check.ok), checks }
}

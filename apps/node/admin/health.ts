// Whether this process may be sent work, with its reasons: a truthful no is worth more than a calm
// yes. Every thread must answer, its validators must reach a quorum and be at a fresh head that is
// not behind the others', and the disk must have room.

import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { ADMIN_ASK_MS, READY_HEAD_MS, READY_LAG_BLOCKS } from '../../../config/limits.ts'
import type { LinkView } from '../../inspector/snapshot.ts'
import type { AdminOptions } from './admin-options.ts'
import { diskRoom } from './disk-room.ts'

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

/** The head is fresh and no more than a few blocks behind the others'. */
async function headCheck({ host }: AdminOptions, node: string): Promise<HealthCheck> {
  const name = `head of ${node}`
  try {
    const within = { within: ADMIN_ASK_MS }
    const [head, status] = await Promise.all([
      host.edge.ask(ArchiveMessages, node, 'Head', null, within),
      host.edge.ask(ValidatorMessages, node, 'Status', null, within),
    ])
    const ageMs = Math.max(0, Math.round(Date.now() - head.finalAtMs))
    const at = `height ${head.height}, ${ageMs} ms old, ${status.lagBlocks} blocks behind`
    const ok = ageMs < READY_HEAD_MS && status.lagBlocks <= READY_LAG_BLOCKS
    return { name, ok, detail: ok ? at : `${at}: ${status.waiting}` }
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message }
  }
}

async function diskCheck({ dataDirectory, diskFreeMin }: AdminOptions): Promise<HealthCheck> {
  const name = 'disk'
  try {
    const { free, wanted } = await diskRoom(dataDirectory, diskFreeMin)
    const mib = (bytes: number) => Math.floor(bytes / 2 ** 20)
    const detail = `${mib(free)} MiB free, ${mib(wanted)} wanted`
    return { name, ok: free >= wanted, detail }
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

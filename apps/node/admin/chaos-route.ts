// POST /chaos/links: breaks what this process sends to others, or heals it. Behind the admin token,
// like everything that changes something.

import {
  ADMIN_BODY_BYTES_MAX,
  CHAOS_DELAY_MS_MAX,
  CHAOS_FOR_MS_MAX,
} from '../../../config/limits.ts'
import { type Faults, HEALTHY } from '../../../transport/chaos/faults.ts'
import type { LinkFaults } from '../../../transport/chaos/link-faults.ts'
import type { HttpRoute } from '../../../transport/http/http-server.ts'
import { jsonReply, Problem } from './problem.ts'
import { readObject } from './serve-admin.ts'

function bad(detail: string): Problem {
  return new Problem('BAD_REQUEST', detail)
}

function number(value: unknown, name: string, max: number): number {
  if (value === undefined) return 0
  if (typeof value === 'number' && value >= 0 && value <= max) return value
  throw bad(`${name} is a number from 0 to ${max}`)
}

function readFaults(value: unknown, peer: string): Faults {
  if (typeof value !== 'object' || value === null) throw bad(`the faults of ${peer} are no object`)
  const given = value as Record<string, unknown>
  const unknown = Object.keys(given).find((name) => !(name in HEALTHY))
  if (unknown !== undefined) throw bad(`there is no fault ${unknown.slice(0, 40)}`)
  const { block = false } = given
  if (typeof block !== 'boolean') throw bad('block is true or false')
  return {
    block,
    drop: number(given.drop, 'drop', 1),
    delayMs: number(given.delayMs, 'delayMs', CHAOS_DELAY_MS_MAX),
    jitterMs: Math.floor(number(given.jitterMs, 'jitterMs', CHAOS_DELAY_MS_MAX)),
  }
}

/** `{"peers": {NAME: faults}, "forMs"?}` replaces the faults towards these; `{"heal": true}`. */
export function chaosRoute(
  links: () => LinkFaults | undefined,
  peers: readonly string[],
): HttpRoute {
  return {
    method: 'POST',
    path: '/chaos/links',
    bodyBytesMax: ADMIN_BODY_BYTES_MAX,
    handle: ({ body }) => {
      const given = readObject(body, ['peers', 'forMs', 'heal'])
      if (given.heal !== undefined && given.heal !== true) throw bad('heal is true, or absent')
      if (typeof (given.peers ?? {}) !== 'object') throw bad('peers is an object')
      const forMs = number(given.forMs, 'forMs', CHAOS_FOR_MS_MAX)
      const wanted = Object.entries((given.peers ?? {}) as Record<string, unknown>).map(
        ([peer, value]) => {
          if (!peers.includes(peer)) {
            throw new Problem('NOT_FOUND', `no connection to ${peer.slice(0, 80)} (${peers})`)
          }
          return [peer, readFaults(value, peer)] as const
        },
      )
      const faults = links()
      if (!faults) throw new Problem('UNAVAILABLE', 'this process has no connections yet')
      if (given.heal) faults.heal()
      for (const [peer, one] of wanted) faults.set(peer, one, forMs > 0 ? forMs : undefined)
      return jsonReply({ faults: faults.view() })
    },
  }
}

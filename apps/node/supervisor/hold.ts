// A file in a node's folder that keeps the node down for a while: who breaks things on purpose
// writes it, and the supervisor waits before it starts the node again.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export function holdFile(dataDirectory: string, node: string): string {
  return join(dataDirectory, 'nodes', node, 'hold-until')
}

/** Unix milliseconds; 0 when the node may run. */
export function heldUntil(dataDirectory: string, node: string): number {
  try {
    const until = Number(readFileSync(holdFile(dataDirectory, node), 'utf8'))
    return Number.isFinite(until) ? until : 0
  } catch {
    return 0
  }
}

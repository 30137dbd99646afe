// The lines of a starting cluster: what was done, how long it took, what is being waited for.

import type { ClusterEvent } from '../../node/cluster-events.ts'
import { formatMs } from './duration.ts'

const BAR_CELLS = 16
const PUBLIC_KEYS = '  Development cluster. Keys below are public: never send real funds.'

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** "[████████░░░░░░░░]" filled to `part` of the whole (0 to 1). */
export function bar(part: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * BAR_CELLS)
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}]`
}

export function headLine(facts: {
  version: string
  node: string
  cores: number
  memoryBytes: number
  data: string
  fresh: boolean
}): string {
  const memory = `${Math.round(facts.memoryBytes / 2 ** 30)} GB`
  const state = facts.fresh ? 'new' : 'continued'
  return `AITBC ${facts.version}   node ${facts.node}   ${facts.cores} cores ${memory}   data ${facts.data} (${state})`
}

/** The line of one event; undefined for events that have no line of their own. */
export function startLine(event: ClusterEvent): string | undefined {
  switch (event.type) {
    case 'step':
      return ` ✓ ${event.name.padEnd(14)}${formatMs(event.ms).padStart(8)}   ${event.detail}`.trimEnd()
    case 'warning':
      return ` ! ${event.message}`
    case 'download': {
      const part = event.totalBytes > 0 ? event.bytes / event.totalBytes : 0
      const amount = `${megabytes(event.bytes)} of ${megabytes(event.totalBytes)}`
      return ` … ${event.model.padEnd(18)} ${bar(part)} ${amount}  ${event.file}`
    }
    case 'ready':
      return `Ready in ${formatMs(event.ms)}.${event.publicKeys ? PUBLIC_KEYS : ''}`
    case 'status':
      return undefined
  }
}

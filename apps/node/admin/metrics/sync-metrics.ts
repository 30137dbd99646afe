// Whether a node of this process is still fetching the snapshot that it starts from. Its actor is
// there exactly so long, and its chain answers nothing yet: so the actors themselves are counted.

import type { Family } from '../open-metrics.ts'
import type { HostReading } from './host-metrics.ts'

export function syncFamilies(
  validators: readonly string[],
  readings: readonly Pick<HostReading, 'host' | 'figures'>[],
): Family[] {
  const isSyncing = (node: string) =>
    readings.some(
      ({ host, figures }) =>
        host.startsWith(`${node}/`) &&
        figures.kinds.some(({ kind, actors }) => kind === 'state-sync' && actors > 0),
    )
  return [
    {
      name: 'statesync_syncing',
      help: 'Whether it fetches a snapshot to start from.',
      type: 'gauge',
      samples: validators.map((node) => ({ labels: { node }, value: isSyncing(node) ? 1 : 0 })),
    },
  ]
}

// Before a provider starts: fetch the models that the topology names and the cache lacks. A model
// that cannot be fetched is a warning; everything else starts.

import { loadManifest } from '../../compute/models/manifest.ts'
import { isCached } from '../../compute/models/model-cache.ts'
import { pullModel } from '../../compute/models/pull.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { ClusterEvent } from './cluster-events.ts'

function wantedModels(topology: Topology, nodes: readonly string[]): string[] {
  return [...new Set(nodes.flatMap((name) => topology.nodes[name]?.models ?? []))]
}

/** Returns how many of the nodes' models are in the cache afterwards, of how many. */
export async function pullModels(
  topology: Topology,
  nodes: readonly string[],
  report: (event: ClusterEvent) => void,
): Promise<{ cached: number; wanted: number }> {
  const wanted = wantedModels(topology, nodes)
  let cached = 0
  for (const id of wanted) {
    try {
      const manifest = loadManifest(id)
      if (!isCached(manifest)) {
        await pullModel(manifest, ({ model, file, bytes, totalBytes }) =>
          report({ type: 'download', model, file, bytes, totalBytes }),
        )
      }
      cached++
    } catch (error) {
      const { message, hint } = error as Error & { hint?: string }
      report({ type: 'warning', message: `${message}${hint ? `; ${hint}` : ''}` })
    }
  }
  return { cached, wanted: wanted.length }
}

// Whether a test that runs a real model can have it here.

import { loadManifest } from '../../compute/models/manifest.ts'
import { isCached } from '../../compute/models/model-cache.ts'
import { pullModel } from '../../compute/models/pull.ts'

/** Fetches the model where it is not in the cache. Undefined when it is here; else why not. */
export async function modelMissing(name: string): Promise<string | undefined> {
  try {
    const manifest = loadManifest(name)
    if (!isCached(manifest)) await pullModel(manifest, () => {})
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

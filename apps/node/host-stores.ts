// The stores of a host's actors: LMDB environments in the node's folder, opened when first asked
// for. What a validator has signed lies apart from the chain.

import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { storeFolder } from './store-folder.ts'

const FOLDERS: Readonly<Record<string, string>> = {
  validator: 'sign',
  scheduler: 'jobs',
  shard: 'shards',
  'shard-set': 'shards',
}

export class HostStores {
  private readonly dataDirectory: string
  private readonly node: string
  private readonly stores = new Map<string, LmdbStore>()

  constructor(dataDirectory: string, node: string) {
    this.dataDirectory = dataDirectory
    this.node = node
  }

  storeFor(kind: string): LmdbStore {
    const folder = FOLDERS[kind] ?? 'chain'
    let store = this.stores.get(folder)
    if (!store) {
      store = new LmdbStore(storeFolder(this.dataDirectory, this.node, folder))
      this.stores.set(folder, store)
    }
    return store
  }

  /** Those that are open, by their folders. */
  open(): Iterable<readonly [string, LmdbStore]> {
    return this.stores
  }

  async close(): Promise<void> {
    for (const store of this.stores.values()) await store.close()
  }
}

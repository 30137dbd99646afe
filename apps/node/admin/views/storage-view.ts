// The stores of this process's threads, and how much of the disk is left.

import type { StorageView, StoreView } from '../../../inspector/snapshot.ts'
import type { AdminOptions } from '../admin-options.ts'
import { diskRoom } from '../disk-room.ts'
import type { SnapshotQuery } from '../snapshot-query.ts'
import { chooseRows, type ViewTable } from '../view-table.ts'

const TABLE: ViewTable<StoreView> = {
  id: (row) => `${row.node}/${row.store}`,
  columns: {
    node: (row) => row.node,
    store: (row) => row.store,
    usedBytes: (row) => row.usedBytes,
    mapBytes: (row) => row.mapBytes,
    rows: (row) => row.rows,
    readers: (row) => row.readers,
    commits: (row) => row.commits,
    commitP50Ms: (row) => row.commitP50Ms,
    commitP99Ms: (row) => row.commitP99Ms,
  },
}

/** Stores of threads that do not answer are left out. */
export async function readStores(options: AdminOptions) {
  const answers = await Promise.allSettled(
    options.threads().map(async ({ node, agent }) => {
      const stores = await agent.stores()
      return stores.map((store) => ({ node, ...store }))
    }),
  )
  return answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
}

export async function readStorage(
  options: AdminOptions,
  query: SnapshotQuery,
): Promise<StorageView> {
  const rows = (await readStores(options)).map(({ commitsFailed: _, commitUs: __, ...row }) => row)
  const stores = chooseRows<StoreView>(rows, TABLE, query)
  const { free } = await diskRoom(options.dataDirectory)
  return { stores, diskFreeBytes: free }
}

// The scheduler's book follows the scheduler: when another topology puts it on another node of the
// same data folder, the store that the former node left is moved there before anything starts.

import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Topology } from '../../config/topology-schema.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { placement, SCHEDULER_KEY } from './plan.ts'
import { storeFolder } from './store-folder.ts'

const STORE = 'jobs'

/** The node whose book was moved, if one was. Throws when that node still runs, or there are two. */
export function moveJobs(
  dataDirectory: string,
  topology: Topology,
  mark: string,
): string | undefined {
  const [owner] = placement(topology)('scheduler', SCHEDULER_KEY).split('/')
  if (!owner) return undefined
  const there = storeFolder(dataDirectory, owner, STORE)
  const nodes = join(dataDirectory, 'nodes')
  if (existsSync(there) || !existsSync(nodes)) return undefined
  const former = readdirSync(nodes).filter((node) =>
    existsSync(storeFolder(dataDirectory, node, STORE)),
  )
  const [node] = former
  if (node === undefined) return undefined
  if (former.length > 1) {
    const books = former.map((name) => `nodes/${name}/${STORE}`).join(', ')
    throw Object.assign(new Error(`${owner} is to continue one of ${books}: move the right one`), {
      code: 'STATE_MISMATCH',
    })
  }
  const release = openDataDirectory(join(nodes, node), mark)
  try {
    mkdirSync(dirname(there), { recursive: true })
    renameSync(storeFolder(dataDirectory, node, STORE), there)
  } finally {
    release()
  }
  return node
}

// Where a node keeps a store: each has a folder of its own below the node's.

import { join } from 'node:path'

export function storeFolder(dataDirectory: string, node: string, store: string): string {
  return join(dataDirectory, 'nodes', node, store)
}

// Where a published vector lies, from sources and from compiled tests alike.

import { join } from 'node:path'
import { packageRoot } from '../../lib/package-root.ts'

export function vectorFile(name: string): string {
  return join(packageRoot(), 'test', 'vectors', name)
}

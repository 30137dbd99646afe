// Where the report of a run lies: a folder that git ignores, beside the key that signs it.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../lib/package-root.ts'

/** Makes the folder. `startedAt`: ISO 8601. */
export function reportPath(name: string, startedAt: string, ending: 'html' | 'json'): string {
  const folder = join(packageRoot(), 'bench-results')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${name}-${startedAt.slice(0, 19).replaceAll(':', '-')}.${ending}`)
}

// Writes what is made from code: docs/LIMITS.md, docs/ERRORS.md, the list of reports and the schema
// of topology files. A test compares what is written with what would be: `npm run docs`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as shardLimits from '../config/shard-limits.ts'
import { topologyJsonSchema } from '../config/topology-json-schema.ts'
import { packageRoot } from '../lib/package-root.ts'
import { errorsPage } from './errors-page.ts'
import { limitsPage } from './limits-page.ts'
import { readReports, reportsPage } from './reports-page.ts'

export interface Page {
  readonly path: string
  readonly text: string
}

/** Every generated page as it should be now. */
export async function generatedPages(root: string): Promise<Page[]> {
  const source = (name: string) => readFileSync(join(root, 'config', name), 'utf8')
  const values = { ...(await import('../config/limits.ts')), ...shardLimits }
  const own = source('shard-limits.ts').split('\n').slice(1).join('\n')
  const limits = `${source('limits.ts')}${own}`
  return [
    { path: 'docs/LIMITS.md', text: limitsPage(limits, values) },
    { path: 'docs/ERRORS.md', text: errorsPage() },
    { path: 'docs/reports/README.md', text: reportsPage(readReports(join(root, 'docs/reports'))) },
    { path: 'config/topologies/topology.schema.json', text: topologyJsonSchema() },
  ]
}

if (process.argv[1]?.endsWith('generate-docs.ts')) {
  const root = packageRoot()
  for (const { path, text } of await generatedPages(root)) {
    writeFileSync(join(root, path), text)
    console.log(path)
  }
}

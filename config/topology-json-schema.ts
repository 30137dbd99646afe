// The topology file's form as JSON schema: editors complete and check a file that names it in its
// first line.

import { z } from 'zod'
import { TopologySchema } from './topology-schema.ts'

export function topologyJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(TopologySchema, { io: 'input' })
  const title = 'AITBC topology'
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`
}

// The topology file: which nodes exist, what each does, which ports are open. Strict: an unknown
// key is an error that names the nearest known one.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { nearestName } from '../lib/nearest-name.ts'
import { NODES_MAX, PROVIDER_SLOTS_MAX, TOPOLOGY_BYTES_MAX } from './limits.ts'

const Port = z.number().int().min(0).max(65_535)

const Validator = z.strictObject({ role: z.literal('validator') })
const Coordinator = z.strictObject({ role: z.literal('coordinator') })
const Provider = z.strictObject({
  role: z.literal('provider'),
  models: z.array(z.string().min(1).max(128)).min(1).max(64),
  slots: z.number().int().min(1).max(PROVIDER_SLOTS_MAX).default(1),
})

export const TopologySchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes'),
  network: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes'),
  nodes: z.record(
    z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'node names are lower-case letters and digits'),
    z.discriminatedUnion('role', [Validator, Coordinator, Provider]),
  ),
  /** 0 picks a free port; the ports in use are written to endpoints.json. */
  ports: z.strictObject({ rpc: Port.default(8545), api: Port.default(8080) }),
})

export type Topology = z.infer<typeof TopologySchema>
export type NodeSpec = Topology['nodes'][string]

export class TopologyError extends Error {
  override readonly name = 'TopologyError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

const KNOWN_KEYS = ['name', 'network', 'nodes', 'ports', 'role', 'models', 'slots', 'rpc', 'api']

function explain(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.') || 'the file'
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    const near = nearestName(key, KNOWN_KEYS)
    return `${where}: unknown key "${key}"${near ? `; did you mean "${near}"?` : ''}`
  }
  return `${where}: ${issue.message}`
}

/** Throws TopologyError with what is wrong and what to do. */
export function parseTopology(text: string): Topology {
  if (text.length > TOPOLOGY_BYTES_MAX) {
    throw new TopologyError('the topology file is too large', `keep it under ${TOPOLOGY_BYTES_MAX}`)
  }
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 16 })
  } catch (error) {
    throw new TopologyError(
      `not YAML: ${(error as Error).message.split('\n')[0]}`,
      'see config/topologies/dev.yaml for an example',
    )
  }
  const result = TopologySchema.safeParse(value)
  if (!result.success) {
    const problems = result.error.issues.slice(0, 5).map(explain)
    throw new TopologyError(problems.join('; '), 'see config/topologies/dev.yaml for an example')
  }
  checkNodes(result.data)
  return result.data
}

function checkNodes(topology: Topology): void {
  const roles = Object.values(topology.nodes).map((node) => node.role)
  if (roles.length > NODES_MAX) {
    throw new TopologyError(`${roles.length} nodes`, `at most ${NODES_MAX} nodes are supported`)
  }
  if (!roles.includes('validator')) {
    throw new TopologyError('no validator', 'give at least one node the role validator')
  }
  if (roles.filter((role) => role === 'coordinator').length > 1) {
    throw new TopologyError('more than one coordinator', 'keep one node with the role coordinator')
  }
  if (roles.includes('provider') && !roles.includes('coordinator')) {
    throw new TopologyError(
      'a provider without a coordinator',
      'add a node with the role coordinator: providers dial it for work',
    )
  }
}

/** Reads and parses a topology file; throws TopologyError. */
export function loadTopology(file: string): Topology {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new TopologyError(
      `cannot read the topology file ${file}`,
      'give the path of a YAML file, for example config/topologies/dev.yaml',
    )
  }
  return parseTopology(text)
}

// Reads a topology file. Strict: an unknown key is an error that names the nearest known one, and
// what the form cannot say (a network's validators, ports that clash) is checked as well.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { nearestName } from '../lib/nearest-name.ts'
import { packageRoot } from '../lib/package-root.ts'
import { TOPOLOGY_BYTES_MAX, TOPOLOGY_ISSUES_MAX } from './limits.ts'
import { loadNetwork, type Network, networkNames, networkReference } from './network.ts'
import { explainIssues, jsonPath, TopologyError, type TopologyIssue } from './topology-error.ts'
import {
  type NodeSpec,
  ROLE_KINDS,
  ROLES,
  type Topology,
  TopologySchema,
} from './topology-schema.ts'

const HINT = 'see config/topologies/dev.yaml for an example'

/** The kinds of actors that a node starts, in the order of its roles. */
export function kindsOf(node: NodeSpec): string[] {
  return ROLES.filter((role) => node.roles.includes(role)).flatMap((role) => ROLE_KINDS[role])
}

function issue(path: readonly PropertyKey[], message: string, near?: string): TopologyIssue {
  return { path: jsonPath(path), message, didYouMean: near }
}

function threadIssues(name: string, node: NodeSpec): TopologyIssue[] {
  const kinds = kindsOf(node)
  const seen = new Set<string>()
  const issues: TopologyIssue[] = []
  for (const [thread, listed] of Object.entries(node.threads ?? {})) {
    const path = ['nodes', name, 'threads', thread]
    if (thread === 'main') {
      issues.push(issue(path, 'main is the thread of the servers: it runs no actors of a file'))
    }
    for (const [i, kind] of listed.entries()) {
      if (!kinds.includes(kind)) {
        const what = `the roles of ${name} start no actor "${kind}"`
        issues.push(issue([...path, i], what, nearestName(kind, kinds)))
      } else if (seen.has(kind)) {
        issues.push(issue([...path, i], `"${kind}" is on another thread already`))
      }
      seen.add(kind)
    }
  }
  return issues
}

function modelNames(): string[] {
  return readdirSync(join(packageRoot(), 'config', 'models'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
}

function nodeIssues(name: string, node: NodeSpec): TopologyIssue[] {
  const issues = threadIssues(name, node)
  const provides = node.roles.includes('provider')
  const path = ['nodes', name]
  if (new Set(node.roles).size < node.roles.length) {
    issues.push(issue([...path, 'roles'], 'a role is named twice'))
  }
  if (provides && !node.models) {
    issues.push(issue([...path, 'models'], 'a provider names the models that it runs'))
  }
  for (const key of ['models', 'slots'] as const) {
    if (!provides && node[key] !== undefined) {
      issues.push(issue([...path, key], 'is for nodes with the role provider'))
    }
  }
  const models = node.models ? modelNames() : []
  for (const [i, model] of (node.models ?? []).entries()) {
    if (models.includes(model)) continue
    const near = nearestName(model, models)
    issues.push(issue([...path, 'models', i], `there is no model "${model}"`, near))
  }
  return issues
}

function networkIssues({ network, nodes }: Topology): TopologyIssue[] {
  const validators = Object.entries(nodes).filter(([, node]) => node.roles.includes('validator'))
  if (validators.length === 0) {
    return [issue(['nodes'], 'no validator: give at least one node the role validator')]
  }
  let found: Network
  try {
    found = loadNetwork(network)
  } catch (error) {
    const names = networkNames()
    const message = (error as Error).message.replace(/; did you mean .*\?/, '')
    return [issue(['network'], message, nearestName(network, names))]
  }
  const { genesis } = found as { genesis: { validators?: { name?: unknown }[] } }
  const wanted = genesis.validators ?? []
  if (validators.length < wanted.length) {
    const what = `${validators.length} validators, but the network ${found.name} has`
    return [issue(['nodes'], `${what} ${wanted.length}: the first blocks need them all`)]
  }
  if (found.keys === 'public') return []
  const known = wanted.map(({ name }) => String(name))
  return validators.flatMap(([name, { consensus }]) => {
    if (consensus || known.includes(name)) return []
    const message = 'is not a validator of the genesis: say its consensus key'
    return [issue(['nodes', name, 'consensus'], message, nearestName(name, known))]
  })
}

function clusterIssues({ nodes, actors }: Topology): TopologyIssue[] {
  const issues: TopologyIssue[] = []
  const roles = new Set(Object.values(nodes).flatMap((node) => node.roles))
  if (roles.has('provider') && !roles.has('coordinator')) {
    const message = 'a provider without a coordinator: give a node the role coordinator'
    issues.push(issue(['nodes'], message))
  }
  const scheduler = actors?.scheduler
  if (scheduler && scheduler.role !== 'coordinator') {
    issues.push(issue(['actors', 'scheduler', 'role'], 'the scheduler is placed on coordinators'))
  }
  if (scheduler && (scheduler.keys.length !== 1 || scheduler.keys[0] !== 'main')) {
    issues.push(
      issue(['actors', 'scheduler', 'keys'], 'there is one scheduler, and its key is main'),
    )
  }
  return issues
}

function yamlValue(text: string): unknown {
  if (text.length > TOPOLOGY_BYTES_MAX) {
    const message = `the file is too large: keep it under ${TOPOLOGY_BYTES_MAX} bytes`
    throw new TopologyError([issue([], message)], HINT)
  }
  try {
    return parse(text, { maxAliasCount: 16 })
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]
    throw new TopologyError([issue([], `not YAML: ${reason}`)], HINT)
  }
}

/** Throws TopologyError with everything that is wrong, up to a limit. `file`: where it is from. */
export function parseTopology(text: string, file = 'topology.yaml'): Topology {
  const value = yamlValue(text)
  const result = TopologySchema.safeParse(value)
  if (result.success) result.data.network = networkReference(result.data.network, file)
  const issues = result.success
    ? [
        ...networkIssues(result.data),
        ...clusterIssues(result.data),
        ...Object.entries(result.data.nodes).flatMap(([name, node]) => nodeIssues(name, node)),
      ]
    : explainIssues(result.error.issues, value)
  if (!result.success || issues.length > 0) {
    throw new TopologyError(issues.slice(0, TOPOLOGY_ISSUES_MAX), HINT)
  }
  return result.data
}

/** Reads and parses a topology file; throws TopologyError. */
export function loadTopology(file: string): Topology {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new TopologyError(
      [issue([], `cannot read the topology file ${file}`)],
      'give the path of a YAML file, for example config/topologies/dev.yaml',
    )
  }
  return parseTopology(text, file)
}

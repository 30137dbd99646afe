// aitbc status: height, finality, validators and jobs, as the running cluster reports them.

import type { Command } from 'commander'
import type { ChainFacts } from '../../node/chain-facts.ts'
import type { Endpoints } from '../../node/endpoints.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { chainOfNodes, clusterNodes, type NodeDocument } from '../cluster-nodes.ts'
import { fetchJson } from '../fetch-json.ts'
import { runningCluster } from '../running-cluster.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

const STATUS_LIMIT_MS = 5000

export interface StatusDocument extends Partial<ChainFacts> {
  readonly height: number
  readonly mode: string
  readonly finality_ms: { readonly p50: number | null; readonly p99: number | null }
  readonly validators: readonly {
    readonly id: string
    readonly height: number
    readonly block_hash: string
    readonly state_root: string
  }[]
  readonly jobs: Readonly<Record<string, number>>
  readonly nodes?: readonly NodeDocument[]
  /** What the operator should know now. */
  readonly warnings?: readonly string[]
}

function checked(value: unknown, url: string): StatusDocument {
  const status = value as StatusDocument
  if (typeof status?.height === 'number' && Array.isArray(status.validators)) return status
  throw new CliError(
    'UNREACHABLE',
    `${url} is no status`,
    'the answer has another form',
    'check the port',
  )
}

function nodeLines(nodes: readonly NodeDocument[]): string[] {
  if (nodes.length === 0) return []
  const rows = nodes.map(({ name, up, pid, threads, actors }) => [
    name,
    up ? 'up' : 'down',
    String(pid || '-'),
    String(threads),
    String(actors),
  ])
  return table([['node', 'state', 'process', 'threads', 'actors'], ...rows]).map(
    (line) => ` ${line}`,
  )
}

/** Of the coordinator; when it is down, of the nodes that answer. */
async function readStatus(found: Endpoints): Promise<StatusDocument> {
  const url = `${found.endpoints.api}/api/v1/status`
  const [status, { nodes, warnings }] = await Promise.all([
    found.endpoints.api === ''
      ? chainOfNodes(found)
      : fetchJson(url, { limitMs: STATUS_LIMIT_MS })
          .then((value) => checked(value, url))
          .catch(async (error) => (await chainOfNodes(found)) ?? Promise.reject(error)),
    clusterNodes(found),
  ])
  if (!status) {
    const why = 'no node of it answers'
    throw new CliError('UNREACHABLE', 'the cluster has no status', why, 'look into its logs')
  }
  return nodes.length > 0 ? { ...status, nodes, warnings } : status
}

function epochLines({ epoch, epoch_blocks_left, leader, ...status }: StatusDocument): string[] {
  const { certificate, checkpoint } = status
  if (epoch === undefined || !certificate || !checkpoint) return []
  const left = epoch_blocks_left === undefined ? '' : `, ${epoch_blocks_left} blocks left`
  const { signers, authorities, stake_percent: stake } = certificate
  return [
    ` epoch     ${epoch}${left}, led by ${leader}`,
    ` signed    by ${signers}, of them ${authorities} authorities, with ${stake} % of all stake`,
    ` finalized ${checkpoint.height}`,
  ]
}

export function statusLines(status: StatusDocument): string[] {
  const { p50, p99 } = status.finality_ms
  const finality =
    p50 === null || p99 === null ? 'not measured yet' : `p50 ${p50} ms, p99 ${p99} ms`
  const jobs = Object.entries(status.jobs).map(([state, count]) => `${count} ${state}`)
  const rows = status.validators.map((validator) => [
    validator.id,
    String(validator.height),
    validator.block_hash.slice(0, 18),
    validator.state_root.slice(0, 18),
  ])
  return [
    ` height    ${status.height}`,
    ` mode      ${status.mode}${status.mode_reason ? ` (${status.mode_reason})` : ''}`,
    ...epochLines(status),
    ` finality  ${finality}`,
    ` jobs      ${jobs.join(', ') || 'none'}`,
    ...table([['validator', 'height', 'block', 'state'], ...rows]).map((line) => ` ${line}`),
    ...nodeLines(status.nodes ?? []),
    ...(status.warnings ?? []).map((line) => ` ! ${line}`),
  ]
}

export function statusCommand(terminal: Terminal): Command {
  return baseCommand('status', 'show height, finality, validators and jobs').action(
    async (options: BaseOptions) => {
      const status = await readStatus(runningCluster(dataDirectory(options, terminal)))
      const say = speaker(options, terminal)
      for (const line of statusLines(status)) say.line(line)
      say.document(status)
    },
  )
}

// aitbc status: height, finality, validators and jobs, as the running cluster reports them.

import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { fetchJson } from '../fetch-json.ts'
import { runningCluster } from '../running-cluster.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

export interface StatusDocument {
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
    ` mode      ${status.mode}`,
    ` finality  ${finality}`,
    ` jobs      ${jobs.join(', ') || 'none'}`,
    ...table([['validator', 'height', 'block', 'state'], ...rows]).map((line) => ` ${line}`),
  ]
}

export function statusCommand(terminal: Terminal): Command {
  return baseCommand('status', 'show height, finality, validators and jobs').action(
    async (options: BaseOptions) => {
      const { endpoints } = runningCluster(dataDirectory(options, terminal))
      const url = `${endpoints.api}/api/v1/status`
      const status = checked(await fetchJson(url), url)
      const say = speaker(options, terminal)
      for (const line of statusLines(status)) say.line(line)
      say.document(status)
    },
  )
}

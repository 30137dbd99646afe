// aitbc top: the busiest actors of a running cluster as a plain table, again every few seconds.

import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { ADMIN_ROWS_MAX } from '../../../config/limits.ts'
import { findProcesses } from '../../inspector/poll/find-processes.ts'
import { readSnapshot } from '../../inspector/poll/read-snapshot.ts'
import { requestJson } from '../../inspector/poll/request-json.ts'
import { ACTOR_SORTS, actorFilter, actorOrder } from '../../inspector/query/actor-query.ts'
import type { ActorsView, ActorView } from '../../inspector/snapshot.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { runningCluster } from '../running-cluster.ts'
import { topTable } from '../screen/top-table.ts'
import type { Terminal } from '../terminal.ts'

interface TopOptions extends BaseOptions {
  readonly sort: string
  readonly filter: string
  readonly limit: number
  readonly every: number
  readonly once?: boolean
}

const ANSWER_MS = 3000
const RATE_MS = 1100

interface Top {
  readonly actors: readonly ActorView[]
  readonly matched: number
  readonly total: number
  /** Nodes whose process did not answer. */
  readonly silent: readonly string[]
}

function whole(most: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text)
    throw new InvalidArgumentError(`it is not a whole number from 1 to ${most}.`)
  }
}

function checkOrder({ sort, filter }: TopOptions): (a: ActorView, b: ActorView) => number {
  const order = actorOrder(sort)
  if (!order) {
    const known = Object.keys(ACTOR_SORTS).join(', ')
    throw new CliError('BAD_VALUE', `there is no column ${sort}`, `there are ${known}`, 'name one')
  }
  const wanted = actorFilter(filter)
  if (wanted.ok) return order
  const hint = 'words are text, field:text or number>100'
  throw new CliError('BAD_VALUE', 'the filter cannot be understood', wanted.problem, hint)
}

async function readTop(
  data: string,
  agent: Agent,
  options: TopOptions,
  order: (a: ActorView, b: ActorView) => number,
): Promise<Top> {
  const { sort, filter, limit } = options
  const query = new URLSearchParams({ view: 'actors', sort, filter, limit: String(limit) })
  const processes = findProcesses(data) ?? []
  const answers = await Promise.allSettled(
    processes.map(async ({ url }) => {
      const asked = { url: `${url}/inspector/snapshot?${query}`, agent, deadlineMs: ANSWER_MS }
      return readSnapshot(await requestJson(asked).value, 'actors').body as ActorsView
    }),
  )
  const found = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (found.length === 0) {
    const hint = 'check with ./aitbc status'
    throw new CliError('UNREACHABLE', 'no node answered', 'no admin server could be asked', hint)
  }
  const actors = found.flatMap((view) => view.actors).sort(order)
  return {
    actors: actors.slice(0, limit),
    matched: found.reduce((sum, view) => sum + view.matched, 0),
    total: found.reduce((sum, view) => sum + view.total, 0),
    silent: processes.flatMap(({ nodes }, i) => {
      return answers[i]?.status === 'rejected' ? nodes : []
    }),
  }
}

function show(top: Top, options: TopOptions, terminal: Terminal): void {
  const say = speaker(options, terminal)
  const lines = topTable(top.actors, terminal.columns)
  const shown = `${top.actors.length} of ${top.matched} actors (${top.total} in all)`
  const silent = top.silent.length > 0 ? ` · not answered: ${top.silent.join(', ')}` : ''
  const wipe = terminal.interactive && !options.once ? '\u001b[H\u001b[J' : ''
  say.text(`${wipe}${[`${shown}, by ${options.sort}${silent}`, ...lines].join('\n')}\n`)
}

export function topCommand(terminal: Terminal): Command {
  return baseCommand('top', 'the busiest actors of a running cluster, as a plain table')
    .option('--sort <column>', 'column to sort by, -column the other way', 'perSecond')
    .option('--filter <words>', 'such as kind:mempool or mb>100', '')
    .option('--limit <n>', 'rows', whole(ADMIN_ROWS_MAX), 20)
    .option('--every <s>', 'seconds between two tables', whole(3600), 2)
    .option('--once', 'one table, then end (always so with --json)')
    .action(async (options: TopOptions) => {
      const order = checkOrder(options)
      const data = dataDirectory(options, terminal)
      runningCluster(data)
      const isLast = options.once === true || options.json === true
      let first = true
      const agent = new Agent({ keepAlive: true })
      try {
        for (;;) {
          // Rates come from what changed since a first look.
          if (first && isLast) await readTop(data, agent, options, order).then(() => pause(RATE_MS))
          first = false
          const top = await readTop(data, agent, options, order)
          speaker(options, terminal).document(top)
          if (!options.json) show(top, options, terminal)
          if (isLast) return
          await pause(options.every * 1000)
        }
      } finally {
        agent.destroy()
      }
    })
}

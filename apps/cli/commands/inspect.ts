// aitbc inspect: the live inspector of a running cluster, or one frame of it as text (--once).

import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Command, Option } from 'commander'
import { nearestName } from '../../../lib/nearest-name.ts'
import { inspectOnce, onceDocument, onceLines, ordered } from '../../inspector/inspect-once.ts'
import { findProcesses } from '../../inspector/poll/find-processes.ts'
import { ACTOR_SORTS } from '../../inspector/query/actor-query.ts'
import { runOnTerminal } from '../../inspector/run-on-terminal.ts'
import type { ViewName } from '../../inspector/snapshot.ts'
import { initialState, type ProcessEndpoint, VIEWS } from '../../inspector/state/model.ts'
import { shownColumns, viewRows } from '../../inspector/tables/view-rows.ts'
import type { Size } from '../../inspector/terminal/cells.ts'
import { unreachable } from '../../inspector/views/layout.ts'
import { lostLine } from '../../inspector/views/placeholder.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

interface InspectOptions extends BaseOptions {
  readonly once?: boolean
  readonly view: string
  readonly size?: string
  readonly admin?: boolean
  readonly filter?: string
  readonly sort?: string
}

const SIZE_LIMIT = { width: { min: 40, max: 500 }, height: { min: 10, max: 300 } }

function viewOf(text: string): ViewName {
  const found = VIEWS.find((view) => view === text)
  if (found) return found
  const near = nearestName(text, VIEWS)
  throw new CliError(
    'BAD_VALUE',
    `there is no view "${text}"`,
    `the views are ${VIEWS.join(', ')}`,
    near ? `did you mean --view ${near}?` : 'name one of them with --view',
  )
}

/** `120x40`, within what can be drawn. */
export function sizeOf(text: string): Size {
  const [, width, height] = (/^(\d{1,4})x(\d{1,4})$/.exec(text) ?? []).map(Number)
  const within = (value: number | undefined, { min, max }: { min: number; max: number }) =>
    Math.min(max, Math.max(min, value || min))
  const near = {
    width: within(width, SIZE_LIMIT.width),
    height: within(height, SIZE_LIMIT.height),
  }
  if (near.width === width && near.height === height) return near
  const numbers = text.match(/\d+/g)?.map(Number) ?? []
  const guess = `${within(numbers[0] ?? 120, SIZE_LIMIT.width)}x${within(numbers[1] ?? 40, SIZE_LIMIT.height)}`
  throw new CliError(
    'BAD_VALUE',
    `"${text}" is no size of a screen`,
    'a size is WIDTHxHEIGHT in cells, from 40x10 to 500x300',
    `did you mean --size ${guess}?`,
  )
}

/** What the live inspector says in its last line is here an error. */
function checkOrder({ filter, sort }: InspectOptions, view: ViewName): void {
  const wanted = { cluster: '', processes: [], now: 0, view }
  const problem = viewRows(ordered(initialState(wanted), { filter, sort }), 0).problem
  if (problem) {
    const words = 'words are text, field:text or number>100'
    throw new CliError('BAD_VALUE', 'the filter cannot be understood', problem, words)
  }
  const names = view === 'actors' ? Object.keys(ACTOR_SORTS) : shownColumns(view, 1000)
  const name = sort?.replace(/^-/, '')
  if (name === undefined || names.includes(name)) return
  const near = nearestName(name, names)
  throw new CliError(
    'BAD_VALUE',
    `${view} cannot be sorted by "${name}"`,
    `the columns are ${names.join(', ')}; with a - before it the other way`,
    near ? `did you mean --sort ${near}?` : 'name one of them with --sort',
  )
}

function processesOf(data: string): ProcessEndpoint[] {
  const processes = findProcesses(data)
  if (processes && processes.length > 0) return processes
  throw new CliError(
    'NOT_RUNNING',
    `no cluster to inspect runs with ${data}`,
    processes ? 'its endpoints.json names no admin server' : 'there is no endpoints.json in it',
    'start one with npm start, or name its folder with --data',
  )
}

function adminToken(data: string): string {
  const file = join(data, 'admin.token')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new CliError(
      'FILE',
      `--admin needs ${file}`,
      (error as Error).message,
      'run it as the user who started the cluster, or leave out --admin',
    )
  }
}

async function once(options: InspectOptions, data: string, terminal: Terminal): Promise<void> {
  const view = viewOf(options.view)
  checkOrder(options, view)
  const size = sizeOf(options.size ?? `${Math.max(SIZE_LIMIT.width.min, terminal.columns)}x40`)
  const processes = processesOf(data)
  const cluster = basename(data)
  const state = await inspectOnce({ cluster, processes, view, size, wanted: options })
  const say = speaker(options, terminal)
  const document = onceDocument(state, size)
  if (!options.json) for (const line of onceLines(state, size)) say.line(line)
  const lost = unreachable(state)
  if (lost.length < state.processes.length) return say.document(document)
  throw new CliError(
    'UNREACHABLE',
    'no process of the cluster answers',
    lost.map((process) => lostLine(process, state.now)).join('; '),
    'check with ./aitbc status, or start the cluster with npm start',
    document,
  )
}

async function live(options: InspectOptions, data: string, terminal: Terminal): Promise<void> {
  const { stdin, stdout } = process
  if (!terminal.interactive || !stdin.isTTY || !stdout.isTTY) {
    throw new CliError(
      'USAGE',
      'the inspector needs a terminal',
      stdin.isTTY ? 'stdout is not one' : 'stdin or stdout is not one',
      'for one frame as text use ./aitbc inspect --once, with --json for a program',
    )
  }
  const view = viewOf(options.view)
  processesOf(data)
  await runOnTerminal(stdin, stdout, {
    cluster: basename(data),
    view,
    find: () => findProcesses(data),
    token: options.admin ? adminToken(data) : undefined,
    colours: !terminal.env.NO_COLOR,
  })
}

export function inspectCommand(terminal: Terminal): Command {
  return baseCommand('inspect', 'watch actors, links, jobs, blocks and stores of a cluster')
    .addOption(new Option('--view <view>', `one of ${VIEWS.join(', ')}`).default('actors'))
    .addOption(new Option('--once', 'print one frame as text and end'))
    .addOption(new Option('--size <size>', 'size of that frame, such as 120x40'))
    .addOption(new Option('--filter <filter>', 'with --once: only rows that match'))
    .addOption(new Option('--sort <column>', 'with --once: sort by this column'))
    .addOption(new Option('--admin', 'allow to trace, pause, restart and kill actors'))
    .action(async (options: InspectOptions) => {
      const data = dataDirectory(options, terminal)
      if (options.once || options.json) await once(options, data, terminal)
      else await live(options, data, terminal)
    })
}

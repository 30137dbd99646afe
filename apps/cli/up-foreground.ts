// `up` in this process: what was started with times, one screen, then one calm status line. Ctrl-C
// stops the cluster; a second one ends the process at once.

import { existsSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, relative } from 'node:path'
import { EnvironmentError, readEnvironment } from '../../config/env.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { ClusterEvent, ClusterStatus } from '../node/cluster-events.ts'
import { DEV_MNEMONIC } from '../node/dev-keys.ts'
import { speaker } from './base-command.ts'
import { asCliError, CliError } from './cli-error.ts'
import { formatMs } from './screen/duration.ts'
import { readyScreen } from './screen/ready-screen.ts'
import { headLine, startLine } from './screen/start-lines.ts'
import { statusLine } from './screen/status-line.ts'
import { startError } from './start-error.ts'
import type { Terminal } from './terminal.ts'
import { tellStarter } from './up-message.ts'
import type { UpOptions } from './up-options.ts'
import { version } from './version.ts'

/** Without a person watching, the status is written this often. */
const PLAIN_STATUS_MS = 60_000

export interface UpForeground {
  readonly topology: Topology
  readonly data: string
  readonly options: UpOptions
  readonly terminal: Terminal
}

/** Draws the events of a cluster; keeps the one line that is rewritten in place. */
function screen({ data, options, terminal }: UpForeground) {
  const say = speaker(options, terminal)
  const inPlace = terminal.interactive && !options.json && !process.env.NO_COLOR
  let live = false
  let readyAt = 0
  let lastPlain = 0
  let last: ClusterStatus | undefined
  const rewrite = (line: string) => {
    say.text(`${live ? '\r' : ''}${line}\u001b[K`)
    live = true
  }
  const line = (text: string) => {
    if (live) say.text('\r\u001b[K')
    live = false
    say.line(text)
  }
  const show = (event: ClusterEvent) => {
    tellStarter({ type: 'event', event })
    if (event.type === 'ready') readyAt = performance.now()
    if (event.type === 'status') {
      last = event.status
      const uptime = performance.now() - readyAt
      if (inPlace) rewrite(statusLine(event.status, uptime, terminal.columns))
      else if (uptime - lastPlain >= PLAIN_STATUS_MS) {
        lastPlain = uptime
        line(statusLine(event.status, uptime, 1000))
      }
      return
    }
    const text = startLine(event)
    if (text === undefined || (options.quiet && event.type !== 'warning')) return
    if (event.type === 'download' && event.bytes < event.totalBytes) {
      if (inPlace) rewrite(text)
    } else line(text)
  }
  const totals = () => {
    if (!last) return `stopped; the state is in ${data}`
    const jobs = Object.values(last.jobs).reduce((sum, count) => sum + count, 0)
    return `stopped at height ${last.height} after ${jobs} jobs; the state is in ${data}`
  }
  return { show, line, totals }
}

function environment(terminal: Terminal, topology: Topology) {
  try {
    const read = readEnvironment(terminal.env)
    if (read.network && read.network !== topology.network) {
      throw new EnvironmentError(
        `AITBC_NETWORK=${read.network}, but the topology is for network ${topology.network}`,
        'unset AITBC_NETWORK or use a topology of that network',
      )
    }
    return read
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const what = 'an environment variable is wrong'
    throw new CliError('BAD_ENVIRONMENT', what, error.message, error.hint)
  }
}

/** Returns after the cluster has stopped. */
export async function upForeground(up: UpForeground): Promise<void> {
  const { topology, data, options, terminal } = up
  const display = screen(up)
  const say = speaker(options, terminal)
  const folder = relative(terminal.cwd, data) || data
  try {
    const settings = environment(terminal, topology)
    if (!options.quiet) {
      display.line(
        headLine({
          version: version(),
          node: process.version,
          cores: cpus().length,
          memoryBytes: totalmem(),
          data: folder,
          fresh: !existsSync(join(data, 'network.json')),
        }),
      )
    }
    for (const message of settings.notices) display.show({ type: 'warning', message })
    const { startCluster } = await import('../node/up.ts')
    const cluster = await startCluster({
      topology,
      dataDirectory: data,
      autoPorts: options.ports === 'auto',
      environment: settings,
      report: display.show,
    })
    const { endpoints, accounts, pids } = cluster
    if (!options.quiet && !options.json) {
      const facts = {
        endpoints,
        accounts,
        balanceWei: cluster.balanceWei,
        mnemonic: DEV_MNEMONIC,
        dataOption: options.data ?? '',
        logs: join(folder, 'logs'),
      }
      for (const line of readyScreen(facts)) display.line(line)
    }
    say.document({ endpoints, accounts, pids, ready: true })
    await stopAsked()
    const started = performance.now()
    display.line(' stopping (Ctrl-C again ends at once)')
    await cluster.stop()
    display.line(` ${display.totals()} (${formatMs(performance.now() - started)})`)
  } catch (thrown) {
    const error = asCliError(startError(thrown, data))
    const { code, message, why, hint } = error
    tellStarter({ type: 'error', code, message, why, hint })
    throw error
  }
}

function stopAsked(): Promise<void> {
  return new Promise((done) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130)
        asked = true
        done()
      })
    }
  })
}

// `up` in this process: what was started with times, one screen, then one calm status line. Ctrl-C
// stops the cluster; a second one ends the process at once.

import { existsSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, relative } from 'node:path'
import type { Environment } from '../../config/env.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { speaker } from './base-command.ts'
import { asCliError } from './cli-error.ts'
import { formatMs } from './screen/duration.ts'
import { readyScreen } from './screen/ready-screen.ts'
import { headLine } from './screen/start-lines.ts'
import { startError } from './start-error.ts'
import type { StartPlace } from './start-options.ts'
import { stopAsked } from './stop-asked.ts'
import type { Terminal } from './terminal.ts'
import { tellStarter } from './up-message.ts'
import type { UpOptions } from './up-options.ts'
import { upScreen } from './up-screen.ts'
import { version } from './version.ts'

export interface UpForeground extends StartPlace {
  readonly topology: Topology
  readonly options: UpOptions
  readonly terminal: Terminal
}

/** What is set and does nothing here. */
function noticesOf({ notices, settings }: Environment): string[] {
  const { listenAddr } = settings
  if (!listenAddr) return [...notices]
  const where = `network.listen_addr (${listenAddr.source})`
  return [...notices, `${where} is for ./aitbc node: here the topology says where nodes listen`]
}

/** Returns after the cluster has stopped. */
export async function upForeground(up: UpForeground): Promise<void> {
  const { topology, data, environment, access, options, terminal } = up
  const display = upScreen(up)
  const say = speaker(options, terminal)
  const folder = relative(terminal.cwd, data) || data
  try {
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
    for (const message of noticesOf(environment)) display.show({ type: 'warning', message })
    const { startCluster } = await import('../node/up.ts')
    const cluster = await startCluster({
      topology,
      dataDirectory: data,
      autoPorts: options.ports === 'auto',
      environment,
      access,
      report: display.show,
    })
    const { endpoints, accounts, pids, nodes } = cluster
    if (!options.quiet && !options.json) {
      const { DEV_MNEMONIC } = await import('../node/dev-keys.ts')
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
    say.document({ endpoints, accounts, pids, nodes, ready: true })
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

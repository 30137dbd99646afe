// aitbc down: asks the cluster's processes to stop and waits until they have.

import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { processAlive, readEndpoints, removeEndpoints } from '../../node/endpoints.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import type { Terminal } from '../terminal.ts'

const STOP_LIMIT_MS = 20_000

/** A process id may have been given to another program since: only ours is stopped. */
function isOurs(pid: number): boolean {
  if (!processAlive(pid)) return false
  try {
    return /cli\.mjs|apps.cli.main|node-child|aitbc/.test(
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    )
  } catch {
    return process.platform !== 'linux'
  }
}

async function ended(pid: number): Promise<boolean> {
  for (let waited = 0; waited < STOP_LIMIT_MS; waited += 50) {
    if (!processAlive(pid)) return true
    await pause(50)
  }
  return false
}

export function downCommand(terminal: Terminal): Command {
  return baseCommand('down', 'stop the cluster of a data folder').action(
    async (options: BaseOptions) => {
      const data = dataDirectory(options, terminal)
      const say = speaker(options, terminal)
      const started = performance.now()
      const found = readEndpoints(data)
      const pids = (found?.pids ?? []).filter(isOurs)
      // One that is no node looks after the others: they are asked only when it is gone.
      const nodes = new Set(found?.nodes?.map(({ pid }) => pid))
      const guards = pids.filter((pid) => nodes.size > 0 && !nodes.has(pid))
      const asked = guards.length > 0 ? guards : pids
      for (const pid of asked) process.kill(pid, 'SIGTERM')
      const results = await Promise.all(pids.map(ended))
      const left = pids.filter((_, i) => !results[i])
      if (left.length > 0) {
        throw new CliError(
          'STOP_FAILED',
          `process ${left.join(', ')} did not stop`,
          `it was asked to and had ${formatMs(STOP_LIMIT_MS)}`,
          `end it with kill -9 ${left.join(' ')}; the chain survives that`,
        )
      }
      removeEndpoints(data)
      const took = formatMs(performance.now() - started)
      say.line(
        pids.length > 0 ? `stopped in ${took}; the state stays in ${data}` : 'nothing was running',
      )
      say.document({ stopped: pids, data })
    },
  )
}

// What all chaos commands share: their options, the cluster, the checker, and the way a fault is
// run and reported.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import type { Terminal } from '../terminal.ts'
import { type ChaosCluster, chaosCluster, validatorsByNode } from './chaos-cluster.ts'
import { Checker } from './check/checker.ts'
import { readDuration } from './read-values.ts'
import { type Fault, runFault } from './run-fault.ts'

export interface ChaosOptions extends BaseOptions {
  readonly for?: string
  readonly check: string
}

const CHECK_DEFAULT = '60s'

export function chaosCommand(name: string, description: string): Command {
  return baseCommand(name, description).option(
    '--check <duration>',
    'how long the cluster may take to recover',
    CHECK_DEFAULT,
  )
}

export function withFor(command: Command, meaning: string): Command {
  return command.option('--for <duration>', meaning)
}

export interface ChaosSetting {
  readonly cluster: ChaosCluster
  readonly validators: ReadonlySet<string>
}

function networkOf(folder: string): string {
  const { name, file } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'))
  return String(file ?? name)
}

/** Runs the fault that `plan` makes of the cluster; everything is checked before it begins. */
export async function chaos(
  terminal: Terminal,
  options: ChaosOptions,
  plan: (setting: ChaosSetting) => Fault,
): Promise<void> {
  const checkMs = readDuration(options.check)
  const folder = dataDirectory(options, terminal)
  const cluster = chaosCluster(folder)
  const say = speaker(options, terminal)
  const validators = await validatorsByNode(cluster.nodes)
  const fault = plan({ cluster, validators })
  const checker = new Checker({
    nodes: () => chaosCluster(folder).nodes,
    network: networkOf(folder),
    validators: validators.size,
  })
  say.document(await runFault(fault, { checker, say, checkMs }))
}

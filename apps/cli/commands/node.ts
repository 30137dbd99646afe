// aitbc node: one node of a topology by itself, on its own machine.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { nearestName } from '../../../lib/nearest-name.ts'
import { type BaseOptions, baseCommand } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { ownAddress } from '../own-address.ts'
import { readTopology } from '../read-topology.ts'
import { type StartOptions, startPlace, withStartOptions } from '../start-options.ts'
import type { Terminal } from '../terminal.ts'

interface NodeOptions extends BaseOptions, StartOptions {
  readonly topology: string
  readonly name: string
  readonly quiet?: boolean
}

export function nodeCommand(terminal: Terminal): Command {
  return withStartOptions(baseCommand('node', 'start one node of a topology by itself'))
    .requiredOption('--topology <file>', 'YAML file')
    .requiredOption('--name <node>', 'which of its nodes')
    .option('--quiet', 'print warnings and errors only')
    .action(async (options: NodeOptions) => {
      const file = resolve(terminal.cwd, options.topology)
      const topology = await readTopology(file)
      const names = Object.keys(topology.nodes)
      if (!names.includes(options.name)) {
        const near = nearestName(options.name, names)
        const hint = near ? `did you mean "${near}"?` : 'give one of them'
        const why = `${file} has ${names.join(', ')}`
        throw new CliError('BAD_VALUE', `there is no node "${options.name}"`, why, hint)
      }
      if (topology.process !== 'each') {
        const why = `${file} says process: shared: all nodes run in one process`
        const hint = 'start them with ./aitbc up, or say process: each'
        throw new CliError('BAD_VALUE', 'the node cannot run by itself', why, hint)
      }
      const place = await startPlace(options, terminal, topology)
      const own = ownAddress(topology, options.name, place.environment.settings)
      const { nodeForeground } = await import('../node-foreground.ts')
      await nodeForeground({ topology: own, name: options.name, ...place, options, terminal })
    })
}

// aitbc topology check FILE: what a topology file would start, without starting it.

import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import { readTopology } from '../read-topology.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

export function topologyCheckCommand(terminal: Terminal): Command {
  return baseCommand('check', 'check a topology file and print what it starts')
    .argument('<file>', 'YAML file')
    .action(async (file: string, options: BaseOptions) => {
      const topology = await readTopology(resolve(terminal.cwd, file))
      const { hostPlans, validatorNames } = await import('../../node/plan.ts')
      const hosts = hostPlans(topology)
      const cores = cpus().length
      const validators = validatorNames(topology).length
      const tolerated = Math.floor((validators - 1) / 3)
      const warnings = []
      if (tolerated === 0)
        warnings.push(`${validators} validators tolerate no fault; four tolerate one`)
      if (hosts.length > 4 * cores) warnings.push(`${hosts.length} threads on ${cores} cores`)
      const say = speaker(options, terminal)
      say.line(`${topology.name}: network ${topology.network}, ${hosts.length} threads`)
      const rows = hosts.map((host) => [host.name, host.role, host.actors.join(' ')])
      for (const line of table(rows)) say.line(`  ${line}`)
      say.line(
        `  ports: JSON-RPC ${topology.ports.rpc}, REST ${topology.ports.api} (0 is any free one)`,
      )
      say.line(`  ${tolerated} of ${validators} validators may fail at the same time`)
      for (const warning of warnings) say.line(`  ! ${warning}`)
      say.document({ valid: true, topology, hosts, faults_tolerated: tolerated, warnings })
    })
}

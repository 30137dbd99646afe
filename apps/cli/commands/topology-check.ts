// aitbc topology check FILE: what a topology file would start, without starting it.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import { topologyLines } from '../screen/topology-lines.ts'
import type { Terminal } from '../terminal.ts'

export function topologyCheckCommand(terminal: Terminal): Command {
  return baseCommand('check', 'check a topology file and print what it starts')
    .argument('<file>', 'YAML file')
    .action(async (file: string, options: BaseOptions) => {
      const { topologyDocument } = await import('../topology-document.ts')
      const plan = await topologyDocument(resolve(terminal.cwd, file))
      const say = speaker(options, terminal)
      for (const line of topologyLines(plan)) say.line(line)
      say.document({ ok: true, ...plan })
    })
}

// aitbc topology graph FILE: a topology file as a mermaid flowchart.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import { topologyGraph } from '../screen/topology-graph.ts'
import type { Terminal } from '../terminal.ts'

export function topologyGraphCommand(terminal: Terminal): Command {
  return baseCommand('graph', 'print a topology file as a mermaid flowchart')
    .argument('<file>', 'YAML file')
    .action(async (file: string, options: BaseOptions) => {
      const { topologyDocument } = await import('../topology-document.ts')
      const lines = topologyGraph(await topologyDocument(resolve(terminal.cwd, file)))
      const say = speaker(options, terminal)
      for (const line of lines) say.line(line)
      say.document({ mermaid: lines.join('\n') })
    })
}

// A topology as a mermaid flowchart: a box for each process, and in it the threads with their
// actors; lines are links between processes.

import type { TopologyPlan } from '../../node/topology-plan.ts'

function id(...parts: string[]): string {
  return parts.join('_').replaceAll('-', '_')
}

export function topologyGraph(plan: TopologyPlan): string[] {
  const processes = [...new Set(plan.nodes.map((node) => node.process))]
  const boxes = processes.flatMap((process) => [
    `  subgraph ${id('process', process)}["${process}"]`,
    ...plan.nodes
      .filter((node) => node.process === process)
      .flatMap((node) =>
        node.threads.map(
          ({ name, actors }) =>
            `    ${id(node.name, name)}["${node.name}/${name}<br/>${actors.join('<br/>') || 'idle'}"]`,
        ),
      ),
    '  end',
  ])
  const links = processes.flatMap((a, i) =>
    processes.slice(i + 1).map((b) => `  ${id('process', a)} --- ${id('process', b)}`),
  )
  return ['flowchart LR', ...boxes, ...links]
}

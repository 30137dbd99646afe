// Faults of one node: its process killed, or stopped for a while as by a long collection of garbage
// or a frozen machine.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { processAlive } from '../../node/endpoints.ts'
import { holdFile } from '../../node/supervisor/hold.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import { type ChaosCluster, type ChaosNode, currentNode } from './chaos-cluster.ts'
import { effectOfLoss } from './consequence.ts'
import type { Fault } from './run-fault.ts'

function signal({ name, pid }: ChaosNode, what: NodeJS.Signals): void {
  if (pid > 0 && processAlive(pid)) {
    process.kill(pid, what)
    return
  }
  throw new CliError(
    'UNREACHABLE',
    `${name} is down already`,
    pid > 0 ? `process ${pid} is gone` : 'its supervisor has not started it again yet',
    'look with ./aitbc status, and try again when it is back',
  )
}

export function killFault(
  { dataDirectory }: ChaosCluster,
  node: ChaosNode,
  validators: ReadonlySet<string>,
  forMs: number | undefined,
): Fault {
  const file = holdFile(dataDirectory, node.name)
  const back = forMs ? `and kept down for ${formatMs(forMs)}` : 'and started again at once'
  return {
    what: `${node.name} (process ${node.pid}) is killed with SIGKILL ${back}`,
    effect: effectOfLoss(validators, [node.name]),
    forMs,
    stays: false,
    async begin() {
      if (forMs) {
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, `${Date.now() + forMs}\n`)
      }
      signal(node, 'SIGKILL')
    },
    async end() {
      rmSync(file, { force: true })
    },
  }
}

export function pauseFault(
  { dataDirectory }: ChaosCluster,
  node: ChaosNode,
  validators: ReadonlySet<string>,
  forMs: number,
): Fault {
  return {
    what: `${node.name} (process ${node.pid}) stands still for ${formatMs(forMs)}`,
    effect: effectOfLoss(validators, [node.name]),
    forMs,
    stays: false,
    begin: async () => signal(node, 'SIGSTOP'),
    async end() {
      const now = currentNode(dataDirectory, node.name)
      if (now?.pid === node.pid) process.kill(node.pid, 'SIGCONT')
    },
  }
}

/** Lets every node run again. */
export function releaseNodes({ dataDirectory, nodes }: ChaosCluster): void {
  for (const { name, pid } of nodes) {
    rmSync(holdFile(dataDirectory, name), { force: true })
    if (pid > 0 && processAlive(pid)) process.kill(pid, 'SIGCONT')
  }
}

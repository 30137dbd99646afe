// What each action of a manifest does to its node, how it ends, and how it is told to people.

import { sideRules } from '../lab/link-table.ts'
import type { RigNode } from '../lab/rig-node.ts'
import type { Perturbation } from '../manifest/manifest-schema.ts'
import { FailingSync, fillDisk, freeDisk } from './disk-faults.ts'
import type { WireBoard } from './wire-board.ts'

export interface Doing {
  readonly words: string
  readonly forMs: number
  begin(): Promise<void>
  end(): Promise<void>
}

/** A process that is killed or restarted is away for so long unless the manifest says otherwise. */
const AWAY_MS = 1000

function wires(node: RigNode, given: Perturbation, board: WireBoard): Omit<Doing, 'forMs'> {
  const { with: friends = [], way = 'both', delay, jitter, loss, bandwidth } = given
  const side = [node.name, ...friends]
  const cut = given.do === 'partition'
  const wire = cut ? { cut } : { delay, jitter, loss, bandwidth }
  const rules = sideRules(board.names, side, way, wire)
  const what = [
    cut ? 'cut off' : '',
    delay === undefined ? '' : `delayed by ${delay} ms${jitter ? ` ± ${jitter} ms` : ''}`,
    loss === undefined ? '' : `losing ${loss * 100} %`,
    bandwidth === undefined ? '' : `narrowed to ${bandwidth / 125_000} Mbit/s`,
  ].filter((part) => part !== '')
  const where = { both: '', in: ', what comes in', out: ', what goes out' }[way]
  return {
    words: `${side.join(' and ')} ${what.join(', ')}${where}`,
    begin: async () => board.add(rules),
    end: async () => board.remove(rules),
  }
}

function failingSync(node: RigNode): Omit<Doing, 'forMs'> {
  let failing: FailingSync | undefined
  return {
    words: `${node.name}'s disk fails to sync`,
    begin: async () => {
      node.mayEnd = true
      failing = new FailingSync(() => node.pid)
    },
    end: async () => {
      await failing?.stop()
      node.mayEnd = false
    },
  }
}

function fullDisk(node: RigNode): Omit<Doing, 'forMs'> {
  return {
    words: `${node.name}'s disk is full`,
    begin: async () => {
      node.mayEnd = true
      fillDisk(node.dataDirectory)
    },
    end: async () => {
      freeDisk(node.dataDirectory)
      node.mayEnd = false
    },
  }
}

function away(node: RigNode, signal: 'SIGKILL' | 'SIGTERM'): Omit<Doing, 'forMs'> {
  return {
    words: signal === 'SIGKILL' ? `${node.name} is killed` : `${node.name} is restarted`,
    begin: () => node.stop(signal),
    end: async () => node.start(),
  }
}

function skewed(node: RigNode, offsetMs: number): Omit<Doing, 'forMs'> {
  const again = async (ms: number) => {
    await node.stop('SIGTERM')
    node.start(ms)
  }
  const way = offsetMs < 0 ? 'slow' : 'fast'
  return {
    words: `${node.name}'s clock is ${Math.abs(offsetMs)} ms ${way}`,
    begin: () => again(offsetMs),
    end: () => again(0),
  }
}

function paused(node: RigNode): Omit<Doing, 'forMs'> {
  return {
    words: `${node.name} is paused`,
    begin: async () => node.freeze(),
    end: async () => node.thaw(),
  }
}

export function doingOf(node: RigNode, given: Perturbation, board: WireBoard): Doing {
  const forMs = given.for ?? AWAY_MS
  switch (given.do) {
    case 'kill':
      return { ...away(node, 'SIGKILL'), forMs }
    case 'restart':
      return { ...away(node, 'SIGTERM'), forMs }
    case 'pause':
      return { ...paused(node), forMs }
    case 'partition':
    case 'network':
      return { ...wires(node, given, board), forMs }
    case 'disk-full':
      return { ...fullDisk(node), forMs }
    case 'fsync-fail':
      return { ...failingSync(node), forMs }
    case 'clock-skew':
      return { ...skewed(node, given.offset ?? 0), forMs }
  }
}

// Two lines on consensus for the chain's page: where the epoch stands and who leads, and the mode
// with its reason, as the validator with the highest block tells it.

import type { ChainNodeView } from '../snapshot.ts'
import type { InspectorState } from '../state/model.ts'
import type { Area, Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { count } from './figures.ts'

export const CONSENSUS_LINES = 2

function highest(state: InspectorState): ChainNodeView | undefined {
  const all = state.processes.flatMap(({ heard }) => heard.chain?.validators ?? [])
  return all.filter(({ facts }) => facts).toSorted((a, b) => b.height - a.height)[0]
}

/** False where no validator tells it: nothing is drawn. */
export function drawConsensus(cells: Cells, area: Area, state: InspectorState): boolean {
  const node = highest(state)
  if (!node?.facts) return false
  const { x, y, width } = area
  const { epoch, epoch_blocks_left: left, leader, checkpoint, mode_reason: reason } = node.facts
  const behind = node.height - checkpoint.height
  const parts = [
    `epoch ${epoch}`,
    left === undefined ? '' : `${count(left)} blocks left`,
    `checkpoint ${checkpoint.height}, ${count(behind)} behind`,
    `leader ${leader.slice(0, 10)}`,
  ]
  cells.text(x + 1, y, parts.filter((part) => part !== '').join('   '), STYLE.plain, width - 1)
  cells.text(x + 1, y + 1, `mode ${node.mode}: ${reason}`, STYLE.dim, width - 1)
  return true
}

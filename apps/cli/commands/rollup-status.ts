// aitbc rollup status: the shards, and the change of their number that is to come.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { type LightBase, lightCommand } from '../light-options.ts'
import type { PlannedChange, RollupStatus } from '../rollup-status.ts'
import { table } from '../screen/table.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'

const REASONS: Readonly<Record<string, string>> = {
  FROZEN: 'it is frozen, and never thaws: as long as it is, the number stays',
  MESSAGES_WAIT: 'a message waited for a batch',
  PARCELS_WAIT: 'what it had sent to another shard was not consumed',
  NO_ROOT_STATED: 'its last batch was not under a root',
  ROOT_NOT_SETTLED: 'its last root could still be challenged',
}

function putOff({ put_off: times, why, shard }: PlannedChange): string[] {
  if (times === 0) return []
  const reason = REASONS[why ?? ''] ?? 'for no reason that this version knows'
  return [` put off   ${times} times, the last time by shard ${shard}: ${reason} (${why})`]
}

function changeLines({ shards, epoch, wanted, change }: RollupStatus): string[] {
  if (change) {
    const rest = 'in the last 45 s before it nothing but what waits is executed'
    return [
      ` planned   ${change.shards} shards from epoch ${change.epoch} on; ${rest}`,
      ...putOff(change),
    ]
  }
  if (wanted === null || wanted === shards) return [' planned   no other number of shards']
  return [` asked     ${wanted} shards: planned at the end of epoch ${epoch}, if they are a step`]
}

function lines(status: RollupStatus): string[] {
  const { shards, epoch, list } = status
  const rows = list.map(({ shard, batch, root_batch, supply, frozen }) => [
    ` shard ${shard}`,
    `batch ${batch}`,
    `root of ${root_batch}`,
    `${unitsText(supply)} AITBC`,
    frozen ? 'FROZEN' : '',
  ])
  return [` shards    ${shards}, in epoch ${epoch}`, ...changeLines(status), ...table(rows)]
}

export function rollupStatusCommand(terminal: Terminal): Command {
  return lightCommand('status', 'the shards, and a change of their number').action(
    async (options: LightBase) => {
      const { rpcOf } = await import('../rollup-desk.ts')
      const { readRollupStatus } = await import('../rollup-status.ts')
      const status = await readRollupStatus(rpcOf(options, terminal))
      const say = speaker(options, terminal)
      for (const line of lines(status)) say.line(line)
      say.document(status)
    },
  )
}

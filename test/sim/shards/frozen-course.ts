// The course of a seed in which a shard freezes. It works under faults; then all nodes start again
// without a sequencer of it, and nobody serves what the base chain orders. When that has waited too
// long it is frozen, and under faults again everybody takes his money out while the others go on.

import { hexToBytes } from '../../../lib/hex.ts'
import { FREEZE_AFTER_BLOCKS, ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { decodeAccount } from '../../../protocol/state/account.ts'
import { CHAIN_TABLES } from '../../../protocol/state/tables.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { runUntil } from '../rollup/course.ts'
import { BALANCE } from '../rollup/rollup-chain.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import type { SenderLog } from '../rollup/sender-log.ts'
import { heal } from '../swarm.ts'
import type { Wishes } from './leaver.ts'
import type { ShardsChain } from './shards-chain.ts'
import type { ShardsChecker } from './shards-checker.ts'

/** Between two nodes that start again. */
const APART_MS = 300
const MESSAGE_MS = 10_000
/** PERF: blocks without anything come so soon in these seeds, and nobody sends meanwhile. */
export const EMPTY_BLOCK_MS = 100
const FREEZE_MS = 4 * FREEZE_AFTER_BLOCKS * EMPTY_BLOCK_MS
const LEAVE_MS = 30_000

export interface Frozen {
  readonly world: World
  readonly log: SenderLog
  readonly checker: ShardsChecker
  readonly chain: ShardsChain
  readonly wishes: Wishes
  /** Nodes that start have no sequencer of this shard. */
  readonly sequencing: { without: number | undefined }
  readonly sendingMs: number
  readonly leavingMs: number
  /** While it works, and while all leave. */
  readonly early: readonly ScheduledFault[]
  readonly late: readonly ScheduledFault[]
}

/** Wei that the module holds after the last final block of a node. */
function heldBy(world: World, node: string): bigint {
  const accounts = world.platter(node, 'chain').table(CHAIN_TABLES.accounts)
  const row = accounts.get(hexToBytes(ROLLUP_ADDRESS))
  return row ? decodeAccount(row).balance : 0n
}

/** Whether the module has what came in and did not go out. */
function wrongWei({ world, checker, chain }: Frozen): string[] {
  const units = BigInt(chain.rollup.accounts) * BALANCE + checker.leaving.moved
  const last = NODES.filter((node) => checker.heightAt(node) === checker.height)
  return last.flatMap((node) => {
    const wei = heldBy(world, node)
    if (wei === units * ROLLUP_UNIT_WEI) return []
    return [`supply: the module has ${wei} wei at ${node}, for ${units} units`]
  })
}

/** Until the shard is frozen; what has not happened that must. */
function freeze(frozen: Frozen, until: Until): string[] {
  const { world, log, checker, wishes, sequencing } = frozen
  const { leaving } = checker
  startSchedule(world, frozen.early)
  until(frozen.sendingMs)
  log.isResting = true
  sequencing.without = wishes.shard
  for (const node of NODES) {
    world.crash(node)
    world.start(node)
    until(APART_MS)
  }
  log.isAway = true
  wishes.wanted = ['force', 'deposit']
  if (!until(MESSAGE_MS, () => leaving.messages.length >= 2)) return ['progress: no message']
  wishes.wanted = []
  // A clock that is wrong by a hundredth is seconds ahead after these minutes, more than consensus
  // takes for granted: here somebody keeps them, as operators do (seeds 271, 416).
  for (const node of NODES) world.clock(node).setRate(1)
  const since = leaving.messages[0]?.height ?? 0
  const isOver = () => checker.height > since + FREEZE_AFTER_BLOCKS
  if (!until(FREEZE_MS, isOver)) return [`progress: block ${checker.height} after ${since}`]
  log.isAway = false
  startSchedule(world, frozen.late)
  wishes.wanted = ['freeze']
  until(LEAVE_MS, () => leaving.frozen !== undefined)
  return leaving.frozen ? [] : ['progress: the shard is not frozen']
}

type Until = (ms: number, isDone?: () => boolean) => boolean

export function frozenCourse(frozen: Frozen, safetyOnly: boolean): string[] {
  const { world, log, checker, chain, wishes } = frozen
  const { leaving } = checker
  let owed: string[] = []
  const unpaid = () => owed.filter((what) => !leaving.paid.has(what))
  const until: Until = (ms, isDone) =>
    runUntil(world, checker, ms, () => {
      wishes.height = checker.height
      if (owed.length > 0) wishes.wanted = unpaid()
      return isDone?.() === true
    })
  const lacks = freeze(frozen, until)
  if (lacks.length > 0 || !leaving.frozen) return lacks
  wishes.number = leaving.frozen.number
  owed = leaving.owed(
    checker.model,
    (index, shard) => shardOf(index, chain.rollup.shards) === shard,
  )
  const before = checker.claims.map(({ length }) => length)
  const goOn = () =>
    checker.claims.every(({ length }, i) => i === wishes.shard || length > (before[i] as number))
  log.isResting = false
  until(frozen.leavingMs)
  if (safetyOnly) return []
  heal(world)
  if (!until(LEAVE_MS, goOn)) return ['progress: the other shards stand still']
  log.isResting = true
  until(LEAVE_MS, () => unpaid().length === 0)
  // Some of it was asked for twice.
  until(APART_MS)
  return [...unpaid().map((what) => `exit: ${what} is not paid`), ...wrongWei(frozen)]
}

// Puts beside each other what the sender, the sequencer and the validators say of each batch.

import { join } from 'node:path'
import type { BatchTimeline, HeardTimes } from '../../../harness/timeline.ts'
import { batchKey, type NodeTimes, readNodeTimes } from './node-times.ts'

/** So many validators make a quorum. */
export function quorumOf(validators: number): number {
  return Math.floor((2 * validators) / 3) + 1
}

/** Undefined where a point is missing: a log that was cut, a batch that was fetched too late. */
export function timelineOf(
  batch: HeardTimes,
  nodes: readonly NodeTimes[],
  quorum: number,
): BatchTimeline | undefined {
  const key = batchKey(batch)
  const maker = nodes.find(({ made }) => made.has(key))
  const made = maker?.made.get(key)
  const own = maker?.held.get(key)
  const ready = nodes.flatMap(({ held }) => held.get(key)?.ready ?? []).sort((a, b) => a - b)
  const held = ready[quorum - 1]
  const finalMs = own && maker?.finalMs.get(own.height)
  if (!made || !own || held === undefined || finalMs === undefined) return undefined
  // A leader that holds it may order it before a quorum does.
  const ordered = Math.max(held, own.block)
  const final = own.block + finalMs
  return {
    transfers: batch.transfers,
    height: own.height,
    parts: {
      fill_gather: batch.sent - batch.intended,
      fill_queue: made.taken - batch.sent,
      seal_assemble: made.assembled - made.taken,
      seal_proofs: made.asked - made.assembled,
      seal_cosign: made.cosigned - made.asked,
      seal_aggregate: made.sealed - made.cosigned,
      dissemination: held - made.sealed,
      wait_for_block: ordered - held,
      block_to_final: final - ordered,
      notice_commit: made.final - final,
      notice_client: batch.heard - made.final,
    },
  }
}

/** `nodes` name the logs in the cluster's folder; all of them are validators. */
export async function batchTimelines(
  dataDirectory: string,
  nodes: readonly string[],
  heard: readonly HeardTimes[],
): Promise<BatchTimeline[]> {
  const logs = nodes.map((node) => join(dataDirectory, 'logs', `${node}.log`))
  const times = await Promise.all(logs.map(readNodeTimes))
  return heard.flatMap((batch) => timelineOf(batch, times, quorumOf(nodes.length)) ?? [])
}

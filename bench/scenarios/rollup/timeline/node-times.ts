// What the log of a node says of batches and blocks: one line for a final batch that it made, one
// for one that it held, one for a final block. Times are milliseconds on the wall clock.

import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface MadeBatch {
  readonly taken: number
  readonly assembled: number
  readonly asked: number
  readonly cosigned: number
  readonly sealed: number
  /** Its sequencer heard that it is final. */
  readonly final: number
}

export interface HeldBatch {
  readonly ready: number
  /** The time and the height of its block. */
  readonly block: number
  readonly height: number
}

export interface NodeTimes {
  /** By shard and number. */
  readonly made: ReadonlyMap<string, MadeBatch>
  readonly held: ReadonlyMap<string, HeldBatch>
  /** By height: from a block's time until it was final here. */
  readonly finalMs: ReadonlyMap<number, number>
}

export function batchKey({ shard, number }: { shard: number; number: number }): string {
  return `${shard} ${number}`
}

interface Line {
  readonly event: string
  readonly shard: number
  readonly number: number
  readonly height: number
  readonly finalMs: number
}

const EVENTS = ['"event":"batch', '"event":"block"']

export async function readNodeTimes(logFile: string): Promise<NodeTimes> {
  const made = new Map<string, MadeBatch>()
  const held = new Map<string, HeldBatch>()
  const finalMs = new Map<number, number>()
  if (existsSync(logFile)) {
    for await (const text of createInterface({ input: createReadStream(logFile) })) {
      if (!EVENTS.some((event) => text.includes(event))) continue
      // A node that was killed may have left half a line.
      if (!text.endsWith('}')) continue
      const line = JSON.parse(text) as Line
      if (line.event === 'batch-made') made.set(batchKey(line), line as Line & MadeBatch)
      else if (line.event === 'batch') held.set(batchKey(line), line as Line & HeldBatch)
      else if (line.event === 'block') finalMs.set(line.height, line.finalMs)
    }
  }
  return { made, held, finalMs }
}

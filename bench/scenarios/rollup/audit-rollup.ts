// The audit of a rollup's bench: replays every claim from the genesis on, looks for each in the
// sidecar of the final block that ordered it, and compares what the generator counted.

import type { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import type { Audit } from '../../harness/target.ts'
import { ClaimsReader } from './claims-reader.ts'
import { Replay } from './replay.ts'

const FAULTS_SHOWN = 10
const COMING_BACK_MS = 60_000
const LOOK_MS = 250

/** What whoever sent transfers says of a batch. */
export interface CountedBatch {
  readonly number: number
  readonly claim: string
  readonly txRoot: string
  /** Transfers of its own that became final with it. */
  readonly final: number
}

/** Looks at every batch besides; what it returns is wrong. */
export interface BatchLook {
  batch(claim: Claim, body: Uint8Array): readonly string[]
  /** After the last: lines of what was looked at, and what is wrong. */
  end(state: ShardState): { readonly lines: readonly string[]; readonly faults: readonly string[] }
}

export interface Counted {
  readonly batches: readonly CountedBatch[]
  /** What was wrong on its side. */
  readonly faults: readonly string[]
  readonly look?: BatchLook
}

/** Whether the block's sidecar has the claim. */
export async function isOrdered(rpc: Rpc, blockHash: string, claim: string): Promise<boolean> {
  const finality = (await rpc.call('aitbc_getFinality', blockHash)) as { sidecar: string } | null
  return finality?.sidecar.includes(claim.slice(2)) ?? false
}

/** The last batch of a node that may still be coming back from a kill. */
async function lastBatch(reader: ClaimsReader, counted: Counted): Promise<number> {
  const heard = Math.max(0, ...counted.batches.map(({ number }) => number))
  const end = Date.now() + COMING_BACK_MS
  for (;;) {
    const { number } = await reader.head()
    if (number >= heard || Date.now() > end) return number
    await new Promise((done) => setTimeout(done, LOOK_MS))
  }
}

export async function auditRollup(
  ws: string,
  rpc: Rpc,
  config: RollupConfig,
  counted: Counted,
): Promise<Audit> {
  const reader = await ClaimsReader.open(ws)
  const replay = new Replay(config, reader.genesisHash)
  const faults = [...counted.faults]
  const known = new Map(counted.batches.map((batch) => [batch.number, batch]))
  try {
    const last = await lastBatch(reader, counted)
    for (let number = 1; number <= last; number++) {
      const frame = await reader.claim(number)
      if (!frame) {
        faults.push(`claim ${number} is not there`)
        break
      }
      const { claim, hash, fault } = replay.next(frame.claim, frame.body)
      if (fault) faults.push(`batch ${number}: ${fault}`)
      for (const what of counted.look?.batch(claim, frame.body) ?? []) {
        faults.push(`batch ${number}: ${what}`)
      }
      if (!(await isOrdered(rpc, frame.blockHash, bytesToHex(frame.claim)))) {
        faults.push(`batch ${number} is not in the sidecar of block ${frame.height}`)
      }
      const heard = known.get(number)
      known.delete(number)
      const { final = 0 } = heard ?? {}
      if (final !== claim.transfers) {
        faults.push(`batch ${number} has ${claim.transfers} transfers, ${final} were counted`)
      }
      if (heard && (heard.claim !== hash || heard.txRoot !== claim.txRoot)) {
        faults.push(`batch ${number} is another one than the client was told`)
      }
    }
    for (const number of known.keys()) faults.push(`batch ${number} was final and is not there`)
    const { transfers, bodyBytes, roots } = replay
    const each = Math.round((100 * bodyBytes) / Math.max(1, transfers)) / 100
    const lines = [
      `${last} batches replayed: ${transfers} transfers, ${roots} stated roots, ${each} bytes each`,
    ]
    const looked = counted.look?.end(replay.state)
    faults.push(...(looked?.faults ?? []))
    lines.push(...(looked?.lines ?? []))
    return { ok: faults.length === 0, lines: [...lines, ...faults.slice(0, FAULTS_SHOWN)] }
  } finally {
    reader.close()
  }
}

// The audit of the shards' bench: replays the claims of all shards from the genesis on, in an order
// in which every parcel was sent before it is consumed; compares what the generator counted; and
// adds up the money of all shards and what is under way.

import type { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { decodeClaim } from '../../../protocol/rollup/claim.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import type { ClaimFrame } from '../../../sdk/rollup/wire/server-frames.ts'
import type { Audit } from '../../harness/target.ts'
import { isOrdered } from '../rollup/audit-rollup.ts'
import { ClaimsReader } from '../rollup/claims-reader.ts'
import type { HeardBatch } from '../rollup/generator/generator-messages.ts'
import { Replay, replayKeys } from '../rollup/replay.ts'

const FAULTS_SHOWN = 10

interface Line {
  readonly shard: number
  readonly replay: Replay
  last: number
  next: number
  frame: ClaimFrame | undefined
}

class ShardsAudit {
  readonly faults: string[]
  readonly lines: Line[] = []
  /** `source number destination`: sent and not consumed. */
  readonly parcels = new Map<string, { parcel: Parcel; amount: bigint }>()
  consumed = 0
  private readonly known: Map<string, HeardBatch>
  private readonly rpc: Rpc
  private readonly reader: ClaimsReader

  constructor(
    reader: ClaimsReader,
    rpc: Rpc,
    batches: readonly HeardBatch[],
    faults: readonly string[],
  ) {
    this.reader = reader
    this.rpc = rpc
    this.faults = [...faults]
    this.known = new Map(batches.map((batch) => [`${batch.shard} ${batch.number}`, batch]))
  }

  async start(config: RollupConfig): Promise<void> {
    const keys = replayKeys(config)
    for (let shard = 0; shard < config.shards; shard++) {
      const { number: last } = await this.reader.head(shard)
      const replay = new Replay(config, this.reader.genesisHash, shard, keys)
      this.lines.push({ shard, replay, last, next: 1, frame: undefined })
    }
  }

  /** Goes on with each shard as far as its parcels are there. */
  async run(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false
      for (const line of this.lines) {
        while (line.next <= line.last && (await this.step(line))) moved = true
      }
    }
    for (const { shard, next, last } of this.lines) {
      if (next <= last) this.faults.push(`batch ${next} of shard ${shard} waits for a parcel`)
    }
    for (const key of this.known.keys()) this.faults.push(`batch ${key} was final and is not there`)
  }

  private async step(line: Line): Promise<boolean> {
    const { shard, next } = line
    line.frame ??= await this.reader.claim(next, shard)
    const { frame } = line
    const name = `batch ${next} of shard ${shard}`
    if (!frame) {
      this.faults.push(`${name} is not there`)
      line.next = line.last + 1
      return false
    }
    const wanted = decodeClaim(frame.claim).consumed.map(
      ({ shard: source, number }) => `${source} ${number} ${shard}`,
    )
    const found = wanted.map((key) => this.parcels.get(key))
    if (found.some((one) => one === undefined)) return false
    const parcels = found.flatMap((one) => (one ? [one.parcel] : []))
    for (const key of wanted) this.parcels.delete(key)
    this.consumed += parcels.length
    const { claim, hash, fault } = line.replay.next(frame.claim, frame.body, parcels)
    if (fault) this.faults.push(`${name}: ${fault}`)
    for (const { shard: to, leaves, amount } of line.replay.outbox) {
      this.parcels.set(`${shard} ${next} ${to}`, {
        parcel: { shard, number: next, leaves },
        amount,
      })
    }
    if (!(await isOrdered(this.rpc, frame.blockHash, bytesToHex(frame.claim)))) {
      this.faults.push(`${name} is not in the sidecar of block ${frame.height}`)
    }
    const heard = this.known.get(`${shard} ${next}`)
    this.known.delete(`${shard} ${next}`)
    const final = heard?.final ?? 0
    if (final !== claim.transfers) {
      this.faults.push(`${name} has ${claim.transfers} transfers, ${final} were counted`)
    }
    if (heard && (heard.claim !== hash || heard.txRoot !== claim.txRoot)) {
      this.faults.push(`${name} is another one than the generator was told`)
    }
    line.frame = undefined
    line.next++
    return true
  }
}

export async function auditShards(
  ws: string,
  rpc: Rpc,
  config: RollupConfig,
  batches: readonly HeardBatch[],
  refusedRoots: readonly string[],
): Promise<Audit> {
  const reader = await ClaimsReader.open(ws)
  try {
    const audit = new ShardsAudit(reader, rpc, batches, refusedRoots)
    await audit.start(config)
    await audit.run()
    const { lines, faults, parcels, consumed } = audit
    let units = lines.reduce((sum, { replay }) => sum + replay.supply, 0n)
    for (const { amount } of parcels.values()) units += amount
    const all = BigInt(config.accounts) * config.balance
    if (units !== all) faults.push(`${units} units in all shards and under way, ${all} at first`)
    const transfers = lines.map(({ replay }) => replay.transfers)
    const count = lines.reduce((sum, { last }) => sum + last, 0)
    return {
      ok: faults.length === 0,
      lines: [
        `${count} batches replayed, transfers of each shard: ${transfers.join(', ')}`,
        `${consumed} parcels consumed, ${parcels.size} under way; the money of all shards adds up`,
        ...faults.slice(0, FAULTS_SHOWN),
      ],
    }
  } finally {
    reader.close()
  }
}

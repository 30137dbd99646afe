// What this node has attested as a member of the shard's committee: of each sequencer one claim on
// each parent in an epoch, written down before anybody hears of it.

import { bytesToBigint, concatBytes, u64 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  rlpInteger,
} from '../../protocol/rlp/rlp.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import { hasOrders } from '../../protocol/rollup/entry-counts.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { SHARD_TABLES, type ShardKeeper, shardKeyBytes } from './shard-rows.ts'

type Place = Pick<Claim, 'number' | 'parent' | 'sequencer' | 'epoch'>
type Terms = Parameters<typeof hasOrders>[0] & Place & Pick<Claim, 'notAfter'>

export interface AttestedClaim extends Place {
  readonly hash: Hex
  /** Until when a block may order it. */
  readonly notAfter: number
  /** Whether it has transfers or operations. */
  readonly isOrdering: boolean
  isDurable: boolean
}

type Rows = Pick<ShardKeeper, 'commit' | 'saveSoon'>

const nameOf = ({ parent, sequencer }: Place) => `${parent} ${sequencer}`

export class Attested {
  private readonly shard: number
  private readonly rows: Rows
  private readonly known = new Map<string, AttestedClaim>()

  constructor(store: Store, shard: number, rows: Rows) {
    this.shard = shard
    this.rows = rows
    const [from, to] = [shardKeyBytes(shard), shardKeyBytes(shard + 1)]
    const limit = Number.MAX_SAFE_INTEGER
    for (const row of store.range(SHARD_TABLES.attested, { from, to, limit })) {
      const one = decodeRow(row)
      this.known.set(nameOf(one), one)
    }
  }

  /** What was attested in the place of this claim; an older epoch's claim can be no block's. */
  find(place: Place): AttestedClaim | undefined {
    const one = this.known.get(nameOf(place))
    return one && one.epoch >= place.epoch ? one : undefined
  }

  /** `done` once it is on the disk. */
  add(claim: Terms, hash: Hex, done: () => void): void {
    const { number, parent, sequencer, epoch, notAfter } = claim
    const isOrdering = hasOrders(claim)
    const place = { number, parent, sequencer, epoch }
    const one = { ...place, hash, notAfter, isOrdering, isDurable: false }
    this.known.set(nameOf(one), one)
    const terms = [epoch, notAfter, isOrdering ? 1 : 0].map(rlpInteger)
    this.rows.commit([this.put(one, encodeRlp([...terms, hexToBytes(hash)]))], () => {
      one.isDurable = true
      done()
    })
  }

  /** Claims up to this number are final. */
  forget(number: number): void {
    for (const [name, one] of this.known) {
      if (one.number > number) continue
      this.known.delete(name)
      this.rows.saveSoon(this.put(one, undefined))
    }
  }

  private put({ number, parent, sequencer }: Place, value: Uint8Array | undefined): Put {
    const place = [u64(number), u64(sequencer), hexToBytes(parent)]
    const key = concatBytes(shardKeyBytes(this.shard), ...place)
    return { table: SHARD_TABLES.attested, key, value }
  }
}

/** Rows are our own: one that cannot be read is a broken disk, and throws. */
function decodeRow([key, value]: [Uint8Array, Uint8Array]): AttestedClaim {
  const [number, sequencer] = [key.slice(2, 10), key.slice(10, 18)].map(bytesToBigint).map(Number)
  const [epoch, notAfter, isOrdering, hash] = asList(decodeRlp(Uint8Array.from(value)), 4)
  return {
    number: number as number,
    sequencer: sequencer as number,
    parent: bytesToHex(key.slice(18)),
    epoch: asNumber(epoch),
    hash: bytesToHex(asBytes(hash, 32)),
    notAfter: asNumber(notAfter),
    isOrdering: asNumber(isOrdering) === 1,
    isDurable: true,
  }
}

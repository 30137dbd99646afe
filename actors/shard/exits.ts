// Exits of final batches, for their owners: one with its path, or the last ones of an account.

import { ROLLUP_EXITS_SEARCHED, ROLLUP_EXITS_TOLD } from '../../config/shard-limits.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { OUTGOING_WORDS, readOutgoing } from '../../protocol/rollup/outgoing.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { Store } from '../../runtime/store.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { seriesBefore, seriesOfAccount } from './numberings-before.ts'
import { type ShardProps, seriesOf, shardOfSeries } from './shard-props.ts'
import { exitsFromLast, readExits } from './shard-rows.ts'

type Verbs = (typeof ShardMessages)['verbs']

/** Shards of before ended with all of their batches. */
const LAST = 2 ** 52

const wordsOf = (leaves: Uint8Array) => new Uint32Array(Uint8Array.from(leaves).buffer)

type Props = Pick<ShardProps, 'shard' | 'config' | 'ports' | 'numbers'>

interface ExitPlace {
  readonly shard: number
  readonly number: number
  readonly position: number
}

/** A number of a batch is used once, under whatever number of shards. */
function leavesOf(store: Store, props: Props, { shard, number }: ExitPlace) {
  const own = shard === props.shard ? readExits(store, seriesOf(props), number) : undefined
  if (own) return own
  for (const series of seriesBefore(props, shard)) {
    const found = readExits(store, series, number)
    if (found) return found
  }
  return undefined
}

/** Undefined where the batch has no such exit, or is not final here. */
export function exitProof(store: Store, props: Props, place: ExitPlace): Reply<Verbs, 'ExitProof'> {
  const leaves = leavesOf(store, props, place)
  if (!leaves) return undefined
  const { position } = place
  const words = wordsOf(leaves)
  const exits = words.length / OUTGOING_WORDS
  if (position >= exits) return undefined
  const tree = new MerkleTree(props.ports.hashPairs)
  tree.reserve(exits).set(leaves)
  const exitRoot = bytesToHex(tree.build())
  const { from, amount, entry, total } = readOutgoing(words, position)
  return { from, amount, entry, total, exits, exitRoot, proof: tree.proof(position) }
}

/** Of batches up to the last that counts, the latest first; no more than `budget` are searched. */
export function exitsOf(
  store: Store,
  series: number,
  index: number,
  last: number,
  budget = { left: ROLLUP_EXITS_SEARCHED },
): Reply<Verbs, 'ExitsOf'> {
  const found: Reply<Verbs, 'ExitsOf'> = []
  const shard = shardOfSeries(series)
  for (const [number, leaves] of exitsFromLast(store, series, budget.left, last)) {
    budget.left--
    const words = wordsOf(leaves)
    for (let position = words.length / OUTGOING_WORDS - 1; position >= 0; position--) {
      if (words[position * OUTGOING_WORDS] !== index) continue
      const { amount, entry } = readOutgoing(words, position)
      found.push({ shard, number, position, amount, entry })
      if (found.length === ROLLUP_EXITS_TOLD) return found
    }
  }
  return found
}

/** Own ones up to the last that counts, then those of before the number of shards changed. */
export function allExitsOf(
  store: Store,
  props: Props,
  index: number,
  last: number,
): Reply<Verbs, 'ExitsOf'> {
  const budget = { left: ROLLUP_EXITS_SEARCHED }
  const found = exitsOf(store, seriesOf(props), index, last, budget)
  for (const series of seriesOfAccount(props, index)) {
    if (found.length >= ROLLUP_EXITS_TOLD || budget.left <= 0) break
    found.push(...exitsOf(store, series, index, LAST, budget))
  }
  return found.slice(0, ROLLUP_EXITS_TOLD)
}

// Exits of final batches, for their owners: one with its path, or the last ones of an account.

import { ROLLUP_EXITS_SEARCHED, ROLLUP_EXITS_TOLD } from '../../config/shard-limits.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { OUTGOING_WORDS, readOutgoing } from '../../protocol/rollup/outgoing.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { Store } from '../../runtime/store.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import { exitsFromLast, readExits } from './shard-rows.ts'

type Verbs = (typeof ShardMessages)['verbs']

const wordsOf = (leaves: Uint8Array) => new Uint32Array(Uint8Array.from(leaves).buffer)

/** Undefined where the batch has no such exit, or is not final here. */
export function exitProof(
  store: Store,
  props: Pick<ShardProps, 'shard' | 'ports' | 'numbers'>,
  { number, position }: { readonly number: number; readonly position: number },
): Reply<Verbs, 'ExitProof'> {
  const leaves = readExits(store, seriesOf(props), number)
  if (!leaves) return undefined
  const words = wordsOf(leaves)
  const exits = words.length / OUTGOING_WORDS
  if (position >= exits) return undefined
  const tree = new MerkleTree(props.ports.hashPairs)
  tree.reserve(exits).set(leaves)
  const exitRoot = bytesToHex(tree.build())
  const { from, amount, entry, total } = readOutgoing(words, position)
  return { from, amount, entry, total, exits, exitRoot, proof: tree.proof(position) }
}

/** Of batches up to the last that counts, the latest first. */
export function exitsOf(
  store: Store,
  shard: number,
  index: number,
  last: number,
): Reply<Verbs, 'ExitsOf'> {
  const found: Reply<Verbs, 'ExitsOf'> = []
  for (const [number, leaves] of exitsFromLast(store, shard, ROLLUP_EXITS_SEARCHED, last)) {
    const words = wordsOf(leaves)
    for (let position = words.length / OUTGOING_WORDS - 1; position >= 0; position--) {
      if (words[position * OUTGOING_WORDS] !== index) continue
      const { amount, entry } = readOutgoing(words, position)
      found.push({ number, position, amount, entry })
      if (found.length === ROLLUP_EXITS_TOLD) return found
    }
  }
  return found
}

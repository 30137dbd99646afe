// An operation of a final batch with what its receipt needs.

import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import { operationNodes } from '../../protocol/rollup/entry-counts.ts'
import { writeOperationNodes } from '../../protocol/rollup/operations.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { readClaim } from './held-batch.ts'

type Verbs = (typeof ShardMessages)['verbs']
type Batch = NonNullable<Reply<Verbs, 'ClaimAt'>>

export function foundOperation(
  batch: Batch,
  { number, position }: { readonly number: number; readonly position: number },
  hashPairs: HashPairs,
): Reply<Verbs, 'OperationAt'> {
  const read = readClaim(batch.claim)
  const form = readBody(batch.body)
  if (!read || !form.ok) return undefined
  const count = operationNodes(read.claim)
  if (2 * position >= count) return undefined
  const tree = new MerkleTree(hashPairs)
  const nodes = tree.reserve(count)
  const words = new Uint32Array(nodes.buffer, nodes.byteOffset, nodes.byteLength / 4)
  writeOperationNodes(form.body.operations, words)
  const pair = nodes.slice(64 * position, 64 * position + 64)
  tree.build()
  // The first sibling is the hash, which goes with the leaf.
  const proof = tree.proof(2 * position).slice(32)
  const { claim, hash: claimHash, height, blockHash, timestampMs } = batch
  const parts = { leaf: pair.slice(0, 32), hash: pair.slice(32), proof }
  return { number, position, claim, claimHash, ...parts, height, blockHash, timestampMs }
}

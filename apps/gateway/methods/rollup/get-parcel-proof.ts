// rollup_getParcelProof: a credit of a parcel with its path, as refundParcel on the base chain
// wants it. `shard` is the one that sent it.

import { hashPairsNative } from '../../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex } from '../../../../lib/hex.ts'
import { OUTGOING_WORDS, readOutgoing } from '../../../../protocol/rollup/outgoing.ts'
import { MerkleTree } from '../../../../protocol/rollup/transfer-tree.ts'
import { RpcError } from '../../errors.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { quantity } from '../../quantity.ts'
import { checkShard } from '../../rollup/rollup-params.ts'

export const getParcelProof = method(
  'rollup_getParcelProof',
  [count, count, count, count],
  async ({ rollup }, shard, number, destination, position) => {
    checkShard(shard, rollup.shards)
    checkShard(destination, rollup.shards)
    const { found, gone, leaves } = await rollup.parcel(shard, number, destination)
    if (!found && gone) throw new RpcError('PRUNED', `the node has deleted batch ${number}`)
    const words = new Uint32Array(Uint8Array.from(leaves).buffer)
    const credits = words.length / OUTGOING_WORDS
    if (position >= credits) return null
    const tree = new MerkleTree(hashPairsNative)
    tree.reserve(credits).set(leaves)
    const root = bytesToHex(tree.build())
    const { from, to, amount, entry, total } = readOutgoing(words, position)
    return {
      shard: quantity(shard),
      batch: quantity(number),
      position: quantity(position),
      from: quantity(from),
      to: quantity(to),
      amount: quantity(amount),
      entry: quantity(entry),
      total: quantity(total),
      credits: quantity(credits),
      root,
      proof: bytesToHex(tree.proof(position)),
    }
  },
)

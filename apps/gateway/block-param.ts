// Which block a client means: a number, a hash, or a tag. Blocks are shown only when they are
// final, so `latest`, `safe` and `pending` name the same block; `finalized` is the last one that
// the stake has certified too, at the end of an epoch (DESIGN 5).

import { type Hex, isHex } from '../../lib/hex.ts'
import { RpcError } from './errors.ts'
import { type Param, withDefault } from './params.ts'
import { readQuantity } from './quantity.ts'

export type BlockRef =
  | { readonly by: 'tag'; readonly tag: 'latest' | 'pending' | 'finalized' | 'earliest' }
  | { readonly by: 'height'; readonly height: number }
  | { readonly by: 'hash'; readonly hash: Hex }

function readTag(value: unknown): BlockRef | undefined {
  switch (value) {
    case 'latest':
    case 'safe':
      return { by: 'tag', tag: 'latest' }
    case 'pending':
    case 'finalized':
    case 'earliest':
      return { by: 'tag', tag: value }
    default:
      return undefined
  }
}

function readHeight(value: unknown): BlockRef | undefined {
  const height = readQuantity(value)
  // Heights beyond 2^53 exist as little as any other block that is not there yet.
  if (height === undefined) return undefined
  return { by: 'height', height: Number(height) }
}

/** Block parameter of reads by number. */
export const blockNumber: Param<BlockRef> = {
  expects: 'a block number (quantity) or latest, safe, finalized, pending, earliest',
  read: (value) => readTag(value) ?? readHeight(value),
}

/** EIP-1898: `{blockNumber}` or `{blockHash, requireCanonical}`. */
function readObject(value: unknown): BlockRef | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = value as Record<string, unknown>
  const { blockNumber: number, blockHash, requireCanonical = false, ...rest } = fields
  if (Object.keys(rest).length > 0 || typeof requireCanonical !== 'boolean') return undefined
  if (number !== undefined) return blockHash === undefined ? blockNumber.read(number) : undefined
  if (!isHex(blockHash, 32)) return undefined
  return { by: 'hash', hash: (blockHash as string).toLowerCase() as Hex }
}

/** Block parameter of state reads: also a hash, or an object of EIP-1898. Default latest. */
export const blockOfState: Param<BlockRef> = withDefault(
  {
    expects: `${blockNumber.expects}, a block hash, or {blockNumber} or {blockHash}`,
    read: (value) => {
      if (isHex(value, 32)) return { by: 'hash', hash: value.toLowerCase() as Hex }
      return blockNumber.read(value) ?? readObject(value)
    },
  },
  { by: 'tag', tag: 'latest' },
)

interface Heights {
  head(): Promise<{ height: number; checkpointHeight: number; oldest: number }>
  heightOf(hash: Hex): Promise<number | undefined>
}

/** Undefined when there is no such block (yet). */
export async function heightOf(chain: Heights, ref: BlockRef): Promise<number | undefined> {
  if (ref.by === 'hash') return chain.heightOf(ref.hash)
  if (ref.by === 'tag') {
    if (ref.tag === 'earliest') return 0
    const { height, checkpointHeight } = await chain.head()
    return ref.tag === 'finalized' ? checkpointHeight : height
  }
  const { height, oldest } = await chain.head()
  if (ref.height > height) return undefined
  if (ref.height > 0 && ref.height < oldest) throw prunedHistory(oldest)
  return ref.height
}

/** With the text and the number of geth: the block was there once, which null would deny. */
export function prunedHistory(oldest: number): RpcError {
  return new RpcError('PRUNED', `pruned history unavailable: blocks from ${oldest} on are kept`)
}

/**
 * For reads of state. Only the state after the latest block is kept.
 * Throws RpcError HEADER_NOT_FOUND or STATE_NOT_KEPT.
 */
export async function requireLatest(chain: Heights, ref: BlockRef): Promise<void> {
  if (ref.by === 'tag' && (ref.tag === 'latest' || ref.tag === 'pending')) return
  const height = await heightOf(chain, ref)
  if (height === undefined) throw new RpcError('HEADER_NOT_FOUND', 'header not found')
  if (height === (await chain.head()).height) return
  throw stateNotKept(height)
}

export function stateNotKept(height: number): RpcError {
  const text = `missing trie node: state at block ${height} is not kept, only that of the latest block`
  return new RpcError('STATE_NOT_KEPT', text)
}

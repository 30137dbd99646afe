// The filter object of eth_getLogs and of the `logs` subscription.

import { type Hex, isHex } from '../../lib/hex.ts'
import type { Log } from '../../protocol/modules/module.ts'
import { type BlockRef, blockNumber } from './block-param.ts'
import { RpcError } from './errors.ts'
import { address, hash, type Param } from './params.ts'

export interface LogFilter {
  readonly from: BlockRef
  readonly to: BlockRef
  /** Instead of a range. */
  readonly blockHash: Hex | undefined
  /** Empty accepts any. */
  readonly addresses: readonly Hex[]
  /** Per position what is accepted; empty accepts any. */
  readonly topics: readonly (readonly Hex[])[]
}

const ADDRESSES_MAX = 256
const ALTERNATIVES_MAX = 256
const TOPICS_MAX = 4
const LATEST: BlockRef = { by: 'tag', tag: 'latest' }

function bad(text: string): RpcError {
  return new RpcError('INVALID_PARAMS', `invalid argument: ${text}`)
}

function list(value: unknown, param: Param<Hex>, max: number, name: string): Hex[] {
  if (value === undefined || value === null) return []
  const values = Array.isArray(value) ? value : [value]
  if (values.length > max) throw bad(`${name} has more than ${max} entries`)
  return values.map((one) => {
    const read = param.read(one)
    if (read === undefined) throw bad(`${name} must be ${param.expects}`)
    return read
  })
}

function topics(value: unknown): Hex[][] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw bad('topics must be a list')
  if (value.length > TOPICS_MAX) throw bad(`topics has more than ${TOPICS_MAX} entries`)
  return value.map((one, i) => {
    // A null among the alternatives accepts anything, as in geth.
    if (Array.isArray(one) && one.includes(null)) return []
    return list(one, hash, ALTERNATIVES_MAX, `topics[${i}]`)
  })
}

function block(value: unknown, name: string): BlockRef {
  if (value === undefined || value === null) return LATEST
  const read = blockNumber.read(value)
  if (!read) throw bad(`${name} must be ${blockNumber.expects}`)
  return read
}

export const logFilter: Param<LogFilter> = {
  expects: 'a filter object',
  read: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const object = value as Record<string, unknown>
    const { blockHash } = object
    if (blockHash !== undefined && blockHash !== null) {
      if (!isHex(blockHash, 32)) throw bad(`blockHash must be ${hash.expects}`)
      if (object.fromBlock !== undefined || object.toBlock !== undefined) {
        throw bad('cannot specify both blockHash and fromBlock/toBlock')
      }
    }
    return {
      from: block(object.fromBlock, 'fromBlock'),
      to: block(object.toBlock, 'toBlock'),
      blockHash: (blockHash as string | undefined)?.toLowerCase() as Hex | undefined,
      addresses: list(object.address, address, ADDRESSES_MAX, 'address'),
      topics: topics(object.topics),
    }
  },
}

export function matchesFilter(log: Log, { addresses, topics }: LogFilter): boolean {
  if (addresses.length > 0 && !addresses.includes(log.address)) return false
  if (topics.length > log.topics.length) return false
  return topics.every((any, i) => any.length === 0 || any.includes(log.topics[i] as Hex))
}

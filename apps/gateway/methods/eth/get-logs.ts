// eth_getLogs.

import { LOG_RANGE_BLOCKS_MAX, LOG_RESULTS_MAX } from '../../../../config/limits.ts'
import { logAnswer } from '../../answers/log-answer.ts'
import { type BlockRef, heightOf, prunedHistory } from '../../block-param.ts'
import { RpcError } from '../../errors.ts'
import { type LogFilter, logFilter } from '../../log-filter.ts'
import { method, type RpcContext } from '../../method.ts'

async function range({ chain }: RpcContext, filter: LogFilter): Promise<[number, number]> {
  if (filter.blockHash) {
    const height = await chain.heightOf(filter.blockHash)
    if (height === undefined) throw new RpcError('HEADER_NOT_FOUND', 'unknown block')
    return [height, height]
  }
  const { height: head, oldest } = await chain.head()
  // A range may reach beyond the head: it then ends there.
  const bound = async (ref: BlockRef) =>
    ref.by === 'height' ? ref.height : ((await heightOf(chain, ref)) ?? head)
  const [from, to] = [await bound(filter.from), await bound(filter.to)]
  if (from > to) throw new RpcError('INVALID_PARAMS', 'invalid block range params')
  // The genesis has no logs: a range from the beginning is one of all blocks.
  if (Math.max(1, from) < oldest) throw prunedHistory(oldest)
  return [Math.min(from, head + 1), Math.min(to, head)]
}

export const getLogs = method('eth_getLogs', [logFilter], async (context, filter) => {
  const [fromHeight, toHeight] = await range(context, filter)
  if (fromHeight > toHeight) return []
  const { code, logs } = await context.chain.logs({
    fromHeight,
    toHeight,
    addresses: [...filter.addresses],
    topics: filter.topics.map((any) => [...any]),
  })
  if (code === '') return logs.map(logAnswer)
  const limits = `${LOG_RANGE_BLOCKS_MAX} blocks and ${LOG_RESULTS_MAX} results`
  throw new RpcError('LIMIT', `query exceeds the limits of ${limits}: ask for a smaller range`)
})

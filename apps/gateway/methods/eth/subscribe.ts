// eth_subscribe: newHeads, logs, newPendingTransactions, syncing; over WebSocket alone.

import { assert } from '../../../../lib/assert.ts'
import {
  decodeTransaction,
  recoverSender,
} from '../../../../protocol/transaction/decode-transaction.ts'
import { headerAnswer } from '../../answers/header-answer.ts'
import { logAnswer, logsOf } from '../../answers/log-answer.ts'
import { waitingAnswer } from '../../answers/transaction-answer.ts'
import { RpcError } from '../../errors.ts'
import { logFilter, matchesFilter } from '../../log-filter.ts'
import { method, type RpcContext } from '../../method.ts'
import { type Param, withDefault } from '../../params.ts'
import type { Source } from '../../subscription-desk.ts'

const KINDS = ['newHeads', 'logs', 'newPendingTransactions', 'syncing'] as const
type Kind = (typeof KINDS)[number]

const kind: Param<Kind> = {
  expects: KINDS.join(', '),
  read: (value) => KINDS.find((known) => known === value),
}

const option: Param<unknown> = withDefault(
  { expects: 'a filter object, or true', read: (value) => value },
  undefined,
)

const newHeads: Source = ({ follower }, emit) =>
  follower.listen((block) => emit(headerAnswer(block)))

function logs(given: unknown): Source {
  const filter = logFilter.read(given ?? {})
  if (!filter) throw new RpcError('INVALID_PARAMS', 'invalid argument 1: expected a filter object')
  return ({ follower }, emit) =>
    follower.listen((block) => {
      for (let index = 0; index < block.count; index++) {
        for (const log of logsOf(block, index)) {
          if (matchesFilter(log, filter)) emit(logAnswer(log))
        }
      }
    })
}

/** Those handed in through this gateway; hashes, or whole transactions when asked with `true`. */
function newPendingTransactions({ secp256k1 }: RpcContext, given: unknown): Source {
  if (given !== undefined && typeof given !== 'boolean') {
    throw new RpcError('INVALID_PARAMS', 'invalid argument 1: expected true or false')
  }
  return ({ pending }, emit) =>
    pending.listen((hash, raw) => {
      if (!given) {
        emit(hash)
        return
      }
      const decoded = decodeTransaction(raw)
      const sender = decoded.ok && recoverSender(decoded.transaction, secp256k1)
      assert(decoded.ok && sender, 'the pool accepted what cannot be decoded')
      emit(waitingAnswer(decoded.transaction, sender))
    })
}

/** Says once that the node is not syncing: nodes answer reads only from final blocks. */
const syncing: Source = (_, emit) => {
  emit(false)
  return () => {}
}

function sourceOf(context: RpcContext, wanted: Kind, given: unknown): Source {
  if (wanted === 'logs') return logs(given)
  if (wanted === 'newPendingTransactions') return newPendingTransactions(context, given)
  if (given !== undefined) throw new RpcError('INVALID_PARAMS', `too many arguments for ${wanted}`)
  return wanted === 'newHeads' ? newHeads : syncing
}

export const subscribe = method('eth_subscribe', [kind, option], (context, wanted, given) => {
  const source = sourceOf(context, wanted, given)
  if (!context.desk) throw new RpcError('METHOD_NOT_FOUND', 'notifications not supported over HTTP')
  return context.desk.subscribe(source)
})

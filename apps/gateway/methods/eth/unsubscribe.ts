// eth_unsubscribe.

import { RpcError } from '../../errors.ts'
import { method } from '../../method.ts'
import type { Param } from '../../params.ts'

const subscription: Param<string> = {
  expects: 'the id of a subscription',
  read: (value) => (typeof value === 'string' ? value : undefined),
}

export const unsubscribe = method('eth_unsubscribe', [subscription], ({ desk }, id) => {
  if (!desk) throw new RpcError('METHOD_NOT_FOUND', 'notifications not supported over HTTP')
  if (!desk.unsubscribe(id)) throw new RpcError('NOT_FOUND', 'subscription not found')
  return true
})

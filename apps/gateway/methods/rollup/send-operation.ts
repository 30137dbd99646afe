// rollup_sendOperation: hands in one operation on a lock with its signature, and says what became
// of it: its place in a final batch, or that it is pending.

import { ROLLUP_OPERATE_MS } from '../../../../config/limits.ts'
import {
  decodeSentOperation,
  SENT_OPERATION_BYTES,
  type SentOperation,
} from '../../../../protocol/rollup/sent-operation.ts'
import { RpcError, refusal } from '../../errors.ts'
import { method } from '../../method.ts'
import { data, type Param } from '../../params.ts'
import { quantity } from '../../quantity.ts'

const sentParam: Param<{ readonly bytes: Uint8Array; readonly sent: SentOperation }> = {
  expects: `a lock or a settle (0x and ${2 * SENT_OPERATION_BYTES} hex digits)`,
  read: (value) => {
    const bytes = data.read(value)
    const sent = bytes && decodeSentOperation(bytes)
    return bytes && sent && { bytes, sent }
  },
}

export const sendOperation = method(
  'rollup_sendOperation',
  [sentParam],
  async ({ rollup, operations }, { bytes, sent }) => {
    const { kind, lock, use } = sent.terms
    const shard = await rollup.shardOf(lock)
    const { code, retryAfterMs, results } = await operations.operate(
      shard,
      bytes,
      ROLLUP_OPERATE_MS,
    )
    const [result] = results
    const why = code || (result?.code ?? 'STALE')
    if (retryAfterMs > 0 || why === 'BUSY') {
      throw new RpcError('LIMIT', 'the sequencer is busy: try again', { code: why, retryAfterMs })
    }
    const isPending = why === 'PENDING'
    if (why !== '' && !isPending) throw refusal(why)
    return {
      kind,
      lock: quantity(lock),
      use: quantity(use),
      batch: isPending ? null : quantity(result?.number ?? 0),
      position: isPending ? null : quantity(result?.position ?? 0),
    }
  },
)

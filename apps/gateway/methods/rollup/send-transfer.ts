// rollup_sendTransfer: hands in one transfer with its ordinary signature, for who cannot co-sign.

import { TRANSFER_REFUSALS } from '../../../../actors/messages/rollup-sequencer.ts'
import { ROLLUP_ACCOUNTS_MAX } from '../../../../protocol/params.ts'
import {
  decodeSentTransfer,
  SIGNED_TRANSFER_BYTES,
} from '../../../../sdk/rollup/wire/signed-transfer-bytes.ts'
import { RpcError, refusal } from '../../errors.ts'
import { method } from '../../method.ts'
import { data, type Param } from '../../params.ts'
import { quantity } from '../../quantity.ts'

const sentParam: Param<Uint8Array> = {
  expects: `a signed transfer (0x and ${2 * SIGNED_TRANSFER_BYTES} hex digits)`,
  read: (value) => {
    const bytes = data.read(value)
    return bytes?.length === SIGNED_TRANSFER_BYTES ? bytes : undefined
  },
}

export const sendTransfer = method(
  'rollup_sendTransfer',
  [sentParam],
  async ({ rollup, ordinary }, bytes) => {
    const sent = decodeSentTransfer(bytes)
    if (sent.from >= ROLLUP_ACCOUNTS_MAX) throw refusal('NOT_REGISTERED')
    const reply = await ordinary.send(await rollup.shardOf(sent.from), sent)
    if (reply.code === 'BUSY') {
      const after = { code: 'BUSY', retryAfterMs: reply.retryAfterMs }
      throw new RpcError('LIMIT', 'the sequencer is busy: try again', after)
    }
    if (reply.code !== '') throw refusal(reply.code)
    const [why] = reply.refusedCodes
    if (reply.accepted === 0) throw refusal(TRANSFER_REFUSALS[why ?? 0] ?? 'REFUSED')
    return { from: quantity(sent.from) }
  },
)

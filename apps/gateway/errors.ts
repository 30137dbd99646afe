// Every error that JSON-RPC answers with. Numbers by JSON-RPC 2.0 and EIP-1474; texts of geth,
// because clients such as viem and ethers classify errors by their text.

import type { Hex } from '../../lib/hex.ts'
import { TRANSACTION_REFUSALS } from '../../protocol/errors/transaction-refusals.ts'

export const RPC_ERRORS = {
  PARSE: { code: -32700, meaning: 'the body is not JSON' },
  INVALID_REQUEST: {
    code: -32600,
    meaning: 'not a JSON-RPC 2.0 request, or too large a body or batch',
  },
  METHOD_NOT_FOUND: { code: -32601, meaning: 'the method does not exist' },
  INVALID_PARAMS: { code: -32602, meaning: 'a parameter is missing or has the wrong form' },
  INTERNAL: { code: -32603, meaning: 'a fault in the gateway; it was logged' },
  REFUSED: { code: -32000, meaning: 'the chain refuses the transaction or call' },
  STATE_NOT_KEPT: { code: -32000, meaning: 'only the state after the latest block is kept' },
  PRUNED: { code: 4444, meaning: 'this node keeps no blocks that old (EIP-4444)' },
  HEADER_NOT_FOUND: { code: -32000, meaning: 'there is no such block' },
  NOT_FOUND: { code: -32001, meaning: 'the thing asked for does not exist' },
  UNAVAILABLE: { code: -32002, meaning: 'no node of the chain answers' },
  REPLY_TOO_LARGE: { code: -32003, meaning: 'the answers of a batch are too large together' },
  LIMIT: {
    code: -32005,
    meaning: 'a limit is exceeded, or the node is busy: ask for less or later',
  },
  REVERTED: { code: 3, meaning: 'execution reverted; data holds the output' },
} as const

export type RpcErrorName = keyof typeof RPC_ERRORS

export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number
  readonly data: unknown
  constructor(name: RpcErrorName, message: string, data?: unknown) {
    super(message)
    this.code = RPC_ERRORS[name].code
    this.data = data
  }
}

/** Refusals that a client should simply try again later. */
const BUSY = new Set(['BUSY'])

/** What the mempool or a call refused, as geth would say it. `code` travels in `data`. */
export function refusal(code: string, message = ''): RpcError {
  const known = TRANSACTION_REFUSALS[code as keyof typeof TRANSACTION_REFUSALS]
  const text = message || known || code.toLowerCase().replaceAll('_', ' ')
  return new RpcError(BUSY.has(code) ? 'LIMIT' : 'REFUSED', text, { code })
}

/** `reason` is what the module said, when it said it as ABI Error(string). */
export function reverted(output: Hex, reason: string | undefined): RpcError {
  return new RpcError('REVERTED', `execution reverted${reason ? `: ${reason}` : ''}`, output)
}

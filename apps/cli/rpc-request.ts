// One JSON-RPC call to a node; every way to fail is an error for people.

import { CliError } from './cli-error.ts'
import { fetchJson } from './fetch-json.ts'

export type RpcAnswer<T> =
  | { readonly ok: true; readonly result: T }
  /** `code` names the refusal of a rule, `retryAfterMs` when to ask again. */
  | {
      readonly ok: false
      readonly message: string
      readonly code: string | undefined
      readonly retryAfterMs: number | undefined
    }

/** Rejects with CliError UNREACHABLE. */
export async function rpcAnswer<T>(
  rpc: string,
  method: string,
  params: readonly unknown[],
): Promise<RpcAnswer<T>> {
  const body = { jsonrpc: '2.0', id: 1, method, params }
  const answer = (await fetchJson(rpc, { method: 'POST', body })) as {
    readonly result?: T
    readonly error?: {
      readonly message?: string
      readonly data?: { readonly code?: string; readonly retryAfterMs?: number } | string
    }
  }
  if (!answer.error) return { ok: true, result: answer.result as T }
  const { message = 'without a reason', data } = answer.error
  const { code, retryAfterMs } = typeof data === 'object' ? data : {}
  return { ok: false, message, code, retryAfterMs }
}

/** Rejects with CliError UNREACHABLE, or REFUSED with the node's own words. */
export async function rpcRequest<T>(
  rpc: string,
  method: string,
  params: readonly unknown[],
): Promise<T> {
  const answer = await rpcAnswer<T>(rpc, method, params)
  if (answer.ok) return answer.result
  const hint = 'check with ./aitbc status'
  throw new CliError('REFUSED', `${rpc} refused ${method}`, answer.message, hint)
}

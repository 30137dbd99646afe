// One JSON-RPC call to a node; every way to fail is an error for people.

import { CliError } from './cli-error.ts'
import { fetchJson } from './fetch-json.ts'

/** Rejects with CliError UNREACHABLE, or REFUSED with the node's own words. */
export async function rpcRequest<T>(
  rpc: string,
  method: string,
  params: readonly unknown[],
): Promise<T> {
  const body = { jsonrpc: '2.0', id: 1, method, params }
  const answer = (await fetchJson(rpc, { method: 'POST', body })) as {
    readonly result?: T
    readonly error?: { readonly message?: string }
  }
  if (answer.error) {
    const why = answer.error.message ?? 'without a reason'
    throw new CliError('REFUSED', `${rpc} refused ${method}`, why, 'check with ./aitbc status')
  }
  return answer.result as T
}

// Who pays for what anybody may do on the base chain: an account alone, without keys of the rollup.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { ROLLUP_ADDRESS } from '../../protocol/params.ts'
import type { Ask } from '../../sdk/light/light-rpc.ts'
import { chainClient, type Sent } from './chain-client.ts'
import { rpcOf } from './rollup-desk.ts'
import { accountSecret } from './rollup-keys.ts'
import type { RollupOptions } from './rollup-options.ts'
import { rpcRequest } from './rpc-request.ts'
import type { Terminal } from './terminal.ts'

export interface PayerDesk {
  readonly address: Hex
  readonly ask: Ask
  /** Of the rollup module. */
  view(data: Uint8Array, value?: bigint): Promise<Uint8Array>
  send(data: Uint8Array, value?: bigint): Promise<Sent>
}

/** Rejects with CliError or KeyError. */
export async function payerDesk(options: RollupOptions, terminal: Terminal): Promise<PayerDesk> {
  const rpc = rpcOf(options, terminal)
  const chain = chainClient(rpc, bytesToHex(await accountSecret(options, terminal)))
  const to = ROLLUP_ADDRESS
  const ask: Ask = (method, params) => rpcRequest(rpc, method, params)
  return {
    address: chain.address,
    ask,
    async view(data, value = 0n) {
      const call = {
        from: chain.address,
        to,
        data: bytesToHex(data),
        value: `0x${value.toString(16)}`,
      }
      return hexToBytes(await rpcRequest<Hex>(rpc, 'eth_call', [call, 'latest']))
    },
    send: (data, value = 0n) => chain.send({ to, data: bytesToHex(data), value }),
  }
}

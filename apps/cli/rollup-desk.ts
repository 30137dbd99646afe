// What the commands of a rollup account share: its keys, a node to speak with, and what the node
// and the rollup module say of it.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { addressOfSecret } from '../../protocol/crypto/secp256k1-noble.ts'
import { ROLLUP_ADDRESS } from '../../protocol/params.ts'
import { ACCOUNT_OF, OWNED_AT, OWNED_COUNT } from '../../protocol/rollup/rollup-abi.ts'
import {
  encodeAccountOf,
  encodeOwnedAt,
  encodeOwnedCount,
} from '../../protocol/rollup/rollup-calls.ts'
import { quantity } from '../../sdk/light/light-rpc.ts'
import { dataDirectory } from './base-command.ts'
import { type ChainClient, chainClient, type Sent } from './chain-client.ts'
import { CliError } from './cli-error.ts'
import type { LightBase } from './light-options.ts'
import { type RollupSecrets, rollupSecrets } from './rollup-keys.ts'
import type { RollupOptions } from './rollup-options.ts'
import { rpcRequest } from './rpc-request.ts'
import { runningCluster } from './running-cluster.ts'
import type { Terminal } from './terminal.ts'

/** As the last executed batch left it. */
export interface RollupState {
  readonly owner: Hex
  /** Units. */
  readonly balance: bigint
  readonly nonce: number
}

/** An exit that was executed. */
export interface RollupExit {
  readonly shard: number
  readonly batch: number
  readonly position: number
  /** Units. */
  readonly amount: bigint
}

export interface RollupDesk {
  readonly rpc: string
  readonly data: string
  readonly secrets: RollupSecrets
  readonly owner: Hex
  readonly blsKey: Hex
  readonly chain: ChainClient
  /** Rejects with CliError. */
  ask<T>(method: string, ...params: unknown[]): Promise<T>
  view(data: Uint8Array): Promise<Uint8Array>
  /** Of the account that these keys were registered for; undefined where they were not. */
  registered(): Promise<number | undefined>
  /** The same; rejects with CliError UNKNOWN. */
  index(): Promise<number>
  /** A call of the rollup module, from the owner's account. */
  send(data: Uint8Array, value?: bigint): Promise<Sent>
}

export const rpcOf = (options: LightBase, terminal: Terminal): string =>
  options.rpc ?? runningCluster(dataDirectory(options, terminal)).endpoints.rpc

/** Undefined where nobody is registered, or its registration is not executed yet. */
export async function rollupState(rpc: string, index: number): Promise<RollupState | undefined> {
  const found = await rpcRequest<{ owner: Hex; balance: Hex; nonce: Hex } | null>(
    rpc,
    'rollup_getAccount',
    [quantity(index)],
  )
  if (!found) return undefined
  return { owner: found.owner, balance: BigInt(found.balance), nonce: Number(found.nonce) }
}

/** The last exits of an account, the latest first. */
export async function rollupExits(rpc: string, index: number): Promise<RollupExit[]> {
  type Shown = Record<'shard' | 'batch' | 'position' | 'amount', Hex>
  const exits = await rpcRequest<Shown[]>(rpc, 'rollup_getExits', [quantity(index)])
  return exits.map(({ shard, batch, position, amount }) => ({
    shard: Number(shard),
    batch: Number(batch),
    position: Number(position),
    amount: BigInt(amount),
  }))
}

/** With `make`, keys that are not there yet are made. Rejects with CliError or KeyError. */
export async function rollupDesk(
  options: RollupOptions,
  terminal: Terminal,
  make = false,
): Promise<RollupDesk> {
  const { blsNative } = await import('../../compute/crypto/bls-native.ts')
  const rpc = rpcOf(options, terminal)
  const data = dataDirectory(options, terminal)
  const secrets = await rollupSecrets(options, terminal, data, make)
  const owner = bytesToHex(addressOfSecret(secrets.account))
  const blsKey = bytesToHex(blsNative.publicKey(secrets.cosign))
  const chain = chainClient(rpc, bytesToHex(secrets.account))
  const view = async (call: Uint8Array) => {
    const params = [{ to: ROLLUP_ADDRESS, data: bytesToHex(call) }, 'latest']
    return hexToBytes(await rpcRequest<Hex>(rpc, 'eth_call', params))
  }
  const registered = async () => {
    const [count] = decodeArguments(OWNED_COUNT.outputs, await view(encodeOwnedCount(owner)))
    for (let nth = Number(count) - 1; nth >= 0; nth--) {
      const [index] = decodeArguments(OWNED_AT.outputs, await view(encodeOwnedAt(owner, nth)))
      const output = await view(encodeAccountOf(Number(index)))
      const [, key] = decodeArguments(ACCOUNT_OF.outputs, output)
      if (bytesToHex(key) === blsKey) return Number(index)
    }
    return undefined
  }
  return {
    rpc,
    data,
    secrets,
    owner,
    blsKey,
    chain,
    ask: (method, ...params) => rpcRequest(rpc, method, params),
    view,
    registered,
    index: async () => {
      const index = await registered()
      if (index !== undefined) return index
      const why = `${owner} has registered no account of the rollup with these keys`
      throw new CliError('UNKNOWN', 'there is no such account', why, './aitbc rollup register')
    },
    send: (call, value = 0n) => chain.send({ to: ROLLUP_ADDRESS, data: bytesToHex(call), value }),
  }
}

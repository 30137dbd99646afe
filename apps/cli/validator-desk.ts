// What the commands of a validator share: its keys, a node to speak with, and what the chain's
// staking module says of it.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { vrfPublicKey } from '../../protocol/crypto/ecvrf.ts'
import { addressOfSecret } from '../../protocol/crypto/secp256k1-noble.ts'
import { PARAMETER } from '../../protocol/governance/governance-abi.ts'
import { encodeParameter } from '../../protocol/governance/governance-calls.ts'
import { GOVERNANCE_ADDRESS, STAKING_ADDRESS } from '../../protocol/params.ts'
import { CLAIMS_OF, WEIGHT_OF } from '../../protocol/staking/staking-abi.ts'
import {
  decodeClaimOf,
  decodeDelegationOf,
  decodeValidatorOf,
  encodeClaimOf,
  encodeClaimsOf,
  encodeDelegationOf,
  encodeValidatorOf,
  encodeWeightOf,
} from '../../protocol/staking/staking-calls.ts'
import { dataDirectory } from './base-command.ts'
import { type ChainClient, chainClient } from './chain-client.ts'
import { CliError } from './cli-error.ts'
import { keyPassword } from './key-password.ts'
import { type KeysOptions, keysPlace } from './keys-place.ts'
import { rpcRequest } from './rpc-request.ts'
import { runningCluster } from './running-cluster.ts'
import type { Terminal } from './terminal.ts'
import { type Votes, votesOf } from './validator-votes.ts'

export interface ValidatorOptions extends KeysOptions {
  readonly rpc?: string
  readonly devValidator?: string
}

export interface ValidatorSecrets {
  readonly consensus: Uint8Array
  readonly vrf: Uint8Array
  readonly account: Uint8Array
}

interface ChainStatus {
  readonly genesisHash: Hex
  readonly epoch: number
  readonly height: string
}

async function devSecrets(text: string): Promise<ValidatorSecrets> {
  const { devValidatorKey, devVrfKey } = await import('../node/dev-validator-key.ts')
  const { devAccounts } = await import('../node/dev-keys.ts')
  const index = Number(text)
  if (!/^[0-9]{1,3}$/.test(text)) {
    const why = 'it is the place of a validator in a topology, from 0'
    throw new CliError('BAD_VALUE', `"${text}" is no development validator`, why, 'give a number')
  }
  const name = `validator${index}`
  const account = devAccounts(index + 1).find((one) => one.name === name)
  if (!account) throw new Error(`no development account ${name}`)
  return {
    consensus: devValidatorKey(index),
    vrf: devVrfKey(index),
    account: hexToBytes(account.privateKey),
  }
}

async function ownSecrets(options: ValidatorOptions, terminal: Terminal) {
  if (options.devValidator !== undefined) return devSecrets(options.devValidator)
  const { openKeys } = await import('../node/keys/key-folder.ts')
  const folder = keysPlace(options, terminal)
  const password = await keyPassword(terminal, { file: options.passwordFile })
  return openKeys(folder, ['consensus', 'vrf', 'account'], password)
}

function rpcOf(options: ValidatorOptions, terminal: Terminal): string {
  if (options.rpc !== undefined) return options.rpc
  return runningCluster(dataDirectory(options, terminal)).endpoints.rpc
}

export interface ValidatorDesk {
  readonly operator: Hex
  readonly blsPublicKey: Hex
  readonly vrfPublicKey: Hex
  readonly secrets: ValidatorSecrets
  readonly chain: ChainClient
  status(): Promise<ChainStatus>
  /** Of the staking module. */
  view(data: Uint8Array): Promise<Uint8Array>
  validator(): Promise<ReturnType<typeof decodeValidatorOf>>
  /** What the operator himself has bonded, and his rewards. */
  own(): Promise<ReturnType<typeof decodeDelegationOf>>
  /** Wei in the set of an epoch; zero when it is not in it. */
  weight(epoch: number): Promise<{ stake: bigint; authority: boolean }>
  claims(): Promise<ReturnType<typeof decodeClaimOf>[]>
  parameter(name: string): Promise<bigint>
  /** In the latest blocks up to this height. */
  votes(height: number): Promise<Votes>
}

/** Rejects with CliError or KeyError. */
export async function validatorDesk(
  options: ValidatorOptions,
  terminal: Terminal,
): Promise<ValidatorDesk> {
  const { blsNative } = await import('../../compute/crypto/bls-native.ts')
  const rpc = rpcOf(options, terminal)
  const secrets = await ownSecrets(options, terminal)
  const operator = bytesToHex(addressOfSecret(secrets.account))
  const blsPublicKey = bytesToHex(blsNative.publicKey(secrets.consensus))
  const call = async (to: Hex, data: Uint8Array) => {
    const params = [{ to, data: bytesToHex(data) }, 'latest']
    return hexToBytes(await rpcRequest<Hex>(rpc, 'eth_call', params))
  }
  const view = (data: Uint8Array) => call(STAKING_ADDRESS, data)
  const status = () => rpcRequest<ChainStatus>(rpc, 'aitbc_status', [])
  return {
    operator,
    blsPublicKey,
    vrfPublicKey: bytesToHex(vrfPublicKey(secrets.vrf)),
    secrets,
    chain: chainClient(rpc, bytesToHex(secrets.account)),
    status,
    view,
    validator: async () => decodeValidatorOf(await view(encodeValidatorOf(operator))),
    own: async () => decodeDelegationOf(await view(encodeDelegationOf(operator, operator))),
    weight: async (epoch) => {
      const output = await view(encodeWeightOf(operator, epoch))
      const [stake, authority] = decodeArguments(WEIGHT_OF.outputs, output)
      return { stake, authority }
    },
    claims: async () => {
      const [count] = decodeArguments(CLAIMS_OF.outputs, await view(encodeClaimsOf(operator)))
      const all = Array.from({ length: Number(count) }, (_, i) =>
        view(encodeClaimOf(operator, BigInt(i))),
      )
      return (await Promise.all(all)).map(decodeClaimOf)
    },
    parameter: async (name) => {
      const output = await call(GOVERNANCE_ADDRESS, encodeParameter(name))
      return decodeArguments(PARAMETER.outputs, output)[0]
    },
    votes: (height) => votesOf(rpc, blsPublicKey, height),
  }
}

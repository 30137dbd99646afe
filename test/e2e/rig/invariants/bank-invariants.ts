// Judges the bank workload of a run, all of it read over RPC from one gateway.

import { type Invariant, invariant } from '../../../../apps/cli/chaos/check/invariant.ts'
import { quantity, type Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import type { BankLoad } from '../bank/bank-load.ts'
import { readFinalChain } from '../bank/final-chain.ts'
import { type AccountState, judgeHistory } from '../bank/judge-history.ts'

const TRIES = 100

export interface Standing {
  readonly height: number
  readonly accounts: ReadonlyMap<string, AccountState>
}

const hex = (height: number) => `0x${height.toString(16)}`

/** Balances and nonces of the accounts, all at one block. */
export async function readStanding(rpc: Rpc, addresses: readonly string[]): Promise<Standing> {
  let last = ''
  for (let i = 0; i < TRIES; i++) {
    try {
      const height = quantity(await rpc.call('eth_blockNumber'))
      const answers = await rpc.batch(
        addresses.flatMap((address) => [
          { method: 'eth_getBalance', params: [address, hex(height)] },
          { method: 'eth_getTransactionCount', params: [address, hex(height)] },
        ]),
      )
      const accounts = new Map(
        addresses.map((address, at) => {
          const balance = BigInt(answers[2 * at] as string)
          return [address, { balance, nonce: quantity(answers[2 * at + 1]) }]
        }),
      )
      return { height, accounts }
    } catch (error) {
      // The head moved on between two answers: only the state of the latest block is kept.
      last = (error as Error).message
    }
  }
  throw new Error(`the accounts cannot be read at one block: ${last}`)
}

export async function bankInvariants(
  rpc: Rpc,
  load: BankLoad,
  before: Standing,
): Promise<Invariant[]> {
  try {
    const after = await readStanding(rpc, load.addresses)
    return judgeHistory({
      transfers: load.transfers,
      readings: load.readings,
      before: before.accounts,
      after: after.accounts,
      blocks: await readFinalChain(rpc, before.height + 1, after.height),
    })
  } catch (error) {
    return [invariant('bank', [`it could not be checked: ${(error as Error).message}`], '')]
  }
}

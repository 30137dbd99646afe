// Who owns the accounts of the simulated rollup, as he speaks with the base chain.

import * as assert from 'uvu/assert'
import { MempoolMessages } from '../../../actors/messages/mempool.ts'
import { ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { simSecp256k1 } from '../sim-crypto.ts'
import { OWNER_SECRET } from './rollup-chain.ts'

/** The world goes on until the answer is there. */
export async function answer<T>(world: World, asked: Promise<T> | undefined): Promise<T> {
  world.runFor(1500)
  if (!asked) throw new Error('the node is down')
  return await asked
}

export class Owner {
  private readonly world: World
  private nonce = 0

  constructor(world: World) {
    this.world = world
  }

  /** Gives in a call to the rollup, and waits for some blocks. */
  async send(data: Uint8Array): Promise<void> {
    const transaction = {
      type: 2 as const,
      chainId: 1337n,
      nonce: this.nonce++,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
      gasLimit: 2_000_000,
      to: ROLLUP_ADDRESS,
      value: 0n,
      data,
      accessList: [],
    }
    const raw = signTransaction(transaction, OWNER_SECRET, simSecp256k1)
    const { edge } = this.world.host('v0') ?? {}
    const body = { transactions: [raw] }
    const [verdict] = await answer(
      this.world,
      edge?.ask(MempoolMessages, 'v0', 'Submit', body, { within: 1000 }),
    )
    assert.is(verdict?.code, '', verdict?.message)
    this.world.runFor(3000)
  }
}

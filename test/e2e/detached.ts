// A detached cluster as a test sees it: its head, traffic, its stop in order, and waiting for what
// comes.

import { setTimeout as pause } from 'node:timers/promises'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Endpoints, processAlive } from '../../apps/node/endpoints.ts'

export interface Head {
  readonly height: bigint
  readonly hash: string
}

export async function head(rpc: string | undefined): Promise<Head> {
  const client = createPublicClient({ transport: http(rpc), cacheTime: 0 })
  const { number, hash } = await client.getBlock()
  return { height: number ?? 0n, hash: hash ?? '' }
}

/** Sends transfers of a new account, one after the other, until it is told to end; `sent` were taken. */
export function load(rpc: string, privateKey: `0x${string}`) {
  const account = privateKeyToAccount(privateKey)
  const wallet = createWalletClient({ account, transport: http(rpc, { retryCount: 0 }) })
  let sent = 0
  let running = true
  const done = (async () => {
    for (let nonce = 0; running; nonce++) {
      const call = { to: account.address, value: 1n, nonce, gas: 21_000n, chain: null } as const
      try {
        await wallet.sendTransaction({ ...call, maxFeePerGas: 10n ** 10n, type: 'eip1559' })
        sent++
      } catch {
        return
      }
    }
  })()
  const end = () => {
    running = false
    return done
  }
  return { sent: () => sent, end }
}

export async function until(what: string, good: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await good()) return
    await pause(100)
  }
  throw new Error(`${what} did not happen`)
}

/** How many milliseconds they took; throws when one is still there. */
export async function stopped({ pids }: Endpoints): Promise<number> {
  const asked = performance.now()
  process.kill(pids[0] as number, 'SIGTERM')
  await until('the stop', () => !pids.some(processAlive))
  return performance.now() - asked
}

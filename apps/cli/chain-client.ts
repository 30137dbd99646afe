// Sends the chain's transactions for a command, and waits until they are final. A receipt from the
// node means final: blocks are shown only when they can no longer change.

import { setTimeout as pause } from 'node:timers/promises'
import {
  BaseError,
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  type TransactionReceipt,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex } from '../../lib/hex.ts'
import { encodeDepositOf } from '../../protocol/market/market-calls.ts'
import { MARKET_ADDRESS } from '../../protocol/params.ts'
import { CliError } from './cli-error.ts'

const FINAL_LIMIT_MS = 30_000
const POLL_MS = 20

export interface Sent {
  readonly hash: Hex
  readonly block: number
  /** From sending to seeing it final. */
  readonly ms: number
  readonly receipt: TransactionReceipt
}

export interface ChainClient {
  readonly address: Hex
  chainId(): Promise<number>
  balance(address: Hex): Promise<bigint>
  /** Resolves when final; throws CliError REFUSED, TIMEOUT or UNREACHABLE. */
  send(call: { to: Hex; data: Hex; value: bigint }): Promise<Sent>
  /** Wei in the owner's market deposit. */
  depositOf(owner: Hex): Promise<bigint>
  receipt(hash: Hex): Promise<TransactionReceipt | undefined>
  sign(message: string): Promise<Hex>
}

function refusal(error: unknown, rpc: string): CliError {
  if (error instanceof CliError) return error
  const said = error instanceof BaseError ? error : undefined
  const text = said?.details || said?.shortMessage || (error as Error).message
  if (/fetch failed|ECONNREFUSED|took too long/i.test(text)) {
    return new CliError('UNREACHABLE', `no answer from ${rpc}`, text, 'check with ./aitbc status')
  }
  const hint = /insufficient funds|exceeds allowance/i.test(text)
    ? 'use an account with money: ./aitbc accounts lists them'
    : 'correct the request and try again'
  return new CliError('REFUSED', 'the chain refused the transaction', text, hint)
}

/** What is sent belongs to the trace of `traceparent`, a W3C header. */
export function chainClient(rpc: string, privateKey: Hex, traceparent?: string): ChainClient {
  const account = privateKeyToAccount(privateKey)
  const transport = http(rpc, { retryCount: 0, timeout: 10_000 })
  const reader = createPublicClient({ transport })
  const headers = traceparent === undefined ? {} : { traceparent }
  const writer = createWalletClient({
    account,
    transport: http(rpc, { retryCount: 0, timeout: 10_000, fetchOptions: { headers } }),
  })
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw refusal(error, rpc)
    }
  }
  const receipt = async (hash: Hex) => {
    const found = await guarded(() =>
      reader.request({ method: 'eth_getTransactionReceipt', params: [hash] }),
    )
    return found ? guarded(() => reader.getTransactionReceipt({ hash })) : undefined
  }
  const final = async (hash: Hex, started: number): Promise<Sent> => {
    while (performance.now() - started < FINAL_LIMIT_MS) {
      const found = await receipt(hash)
      if (found) {
        const ms = Math.round(performance.now() - started)
        return { hash, block: Number(found.blockNumber), ms, receipt: found }
      }
      await pause(POLL_MS)
    }
    const why = `it was not in a final block after ${FINAL_LIMIT_MS / 1000} s`
    throw new CliError('TIMEOUT', `transaction ${hash} is not final`, why, 'check ./aitbc status')
  }
  return {
    address: account.address.toLowerCase() as Hex,
    chainId: () => guarded(() => reader.getChainId()),
    balance: (address) => guarded(() => reader.getBalance({ address })),
    depositOf: async (owner) => {
      const data = bytesToHex(encodeDepositOf(owner))
      const answer = await guarded(() => reader.call({ to: MARKET_ADDRESS, data }))
      return BigInt(answer.data ?? '0x0')
    },
    receipt,
    sign: (message) => account.signMessage({ message }),
    send: async (call) => {
      const started = performance.now()
      const hash = await guarded(() => writer.sendTransaction({ ...call, chain: null, account }))
      const sent = await final(hash, started)
      if (sent.receipt.status === 'success') return sent
      const hint = 'the state changed since it was checked: try again'
      throw new CliError('REFUSED', `transaction ${hash} was reverted`, 'its rule said no', hint)
    },
  }
}

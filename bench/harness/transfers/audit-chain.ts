// Reads the chain back over JSON-RPC after the runs and compares it with what the generator
// counted: every counted transfer is in exactly one block with status 1, every account has sent as
// many transactions as its nonce says, and its balance is what they leave of what it had before.

import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Audit } from '../target.ts'
import { benchAccount } from './bench-account.ts'
import type { GeneratorRecord } from './generator-messages.ts'

/** More is not looked into: the first says what is wrong. */
const FAULTS_SHOWN = 5

interface ReceiptAnswer {
  readonly transactionHash: Hex
  readonly status: string
  readonly from: Hex
  readonly gasUsed: string
  readonly effectiveGasPrice: string
}

/** What accounts had when nothing had been sent yet. */
export interface Opening {
  readonly balances: readonly bigint[]
  readonly nonces: readonly number[]
}

/** A block full of transfers has senders to recover on a busy machine. */
const LIMIT_MS = 120_000

export async function readOpening(url: string, accounts: number): Promise<Opening> {
  const rpc = new Rpc(url, LIMIT_MS)
  const ask = (method: string) => {
    const calls = Array.from({ length: accounts }, (_, i) => {
      return { method, params: [benchAccount(i).address, 'latest'] }
    })
    return rpc.batch(calls)
  }
  const balances = (await ask('eth_getBalance')).map((text) => BigInt(text as string))
  return { balances, nonces: (await ask('eth_getTransactionCount')).map(Number) }
}

export async function auditChain(
  url: string,
  record: GeneratorRecord,
  opening: Opening,
): Promise<Audit> {
  const faults: string[] = []
  const { committed, fromBlock, toBlock } = record
  const counted = new Set<string>()
  for (let at = 0; at < committed.length; at += 32) {
    counted.add(bytesToHex(committed.subarray(at, at + 32)))
  }
  const count = committed.length / 32
  if (counted.size !== count) faults.push(`${count - counted.size} transfers were counted twice`)
  const fees = new Map<Hex, bigint>()
  let included = 0
  let found = 0
  const rpc = new Rpc(url, LIMIT_MS)
  for (let height = fromBlock + 1; height <= toBlock; height++) {
    const number = `0x${height.toString(16)}`
    const receipts = (await rpc.call('eth_getBlockReceipts', number)) as ReceiptAnswer[]
    for (const { transactionHash, status, from, gasUsed, effectiveGasPrice } of receipts) {
      included++
      if (status !== '0x1') faults.push(`${transactionHash} has status ${status}`)
      if (counted.delete(transactionHash)) found++
      const fee = BigInt(gasUsed) * BigInt(effectiveGasPrice)
      fees.set(from, (fees.get(from) ?? 0n) + fee)
    }
  }
  for (const hash of counted) faults.push(`${hash} was counted, and is in no block`)
  const { length } = opening.balances
  const closing = await readOpening(url, length)
  faults.push(...accountFaults(record, opening, closing, fees))
  const sentInAll = record.sent.reduce((sum, sent) => sum + sent, 0)
  if (sentInAll !== included) faults.push(`${included} are in blocks, ${sentInAll} were seen`)
  const lines = [
    `${found} of ${count} counted transfers are in blocks ${fromBlock + 1} to ${toBlock}, status 1`,
    `nonces and balances of ${length} accounts compared; ${included} transactions in the blocks`,
  ]
  return { ok: faults.length === 0, lines: [...lines, ...faults.slice(0, FAULTS_SHOWN)] }
}

function accountFaults(
  { sent, received, value }: GeneratorRecord,
  opening: Opening,
  closing: Opening,
  fees: ReadonlyMap<Hex, bigint>,
): string[] {
  return opening.balances.flatMap((before, i) => {
    const faults: string[] = []
    const { address } = benchAccount(i)
    const out = sent[i] as number
    const nonce = (opening.nonces[i] as number) + out
    if (closing.nonces[i] !== nonce) {
      faults.push(`${address} has nonce ${closing.nonces[i]}, and ${nonce} by what it sent`)
    }
    const moved = BigInt((received[i] as number) - out) * value
    const balance = before + moved - (fees.get(address) ?? 0n)
    if (closing.balances[i] !== balance) {
      faults.push(`${address} has ${closing.balances[i]} wei, and ${balance} by what happened`)
    }
    return faults
  })
}

// The history of a bank workload against the final chain and the balances at its end: whether an
// effect was lost, came twice or out of order, and whether a reader was ever sent back. Pure.

import { type Invariant, invariant } from '../../../../apps/cli/chaos/check/invariant.ts'
import type { FinalBlock, FinalTransaction } from './final-chain.ts'
import type { AccountReading, Transfer } from './transfer.ts'

export interface AccountState {
  readonly balance: bigint
  readonly nonce: number
}

export interface BankHistory {
  readonly transfers: readonly Transfer[]
  readonly readings: readonly AccountReading[]
  /** By address, before the first transfer. */
  readonly before: ReadonlyMap<string, AccountState>
  /** By address, after the last block of `blocks`. */
  readonly after: ReadonlyMap<string, AccountState>
  /** All final blocks from the first transfer on. */
  readonly blocks: readonly FinalBlock[]
}

interface Placed extends FinalTransaction {
  readonly height: number
  readonly blockHash: string
}

export function judgeHistory(history: BankHistory): Invariant[] {
  const placed = history.blocks.flatMap((block) =>
    block.transactions.map((one) => ({ ...one, height: block.height, blockHash: block.hash })),
  )
  return [
    settled(history),
    nothingLost(history, placed),
    nothingTwice(history, placed),
    orderKept(history, placed),
    balancesAddUp(history, placed),
    readsMonotonic(history),
  ]
}

function settled({ transfers }: BankHistory): Invariant {
  const wrongs = transfers
    .filter(({ final }) => !final)
    .map((one) => `nonce ${one.nonce} of ${one.from} (${one.hash}) never became final`)
  const sendings = transfers.reduce((sum, one) => sum + one.sendings.length, 0)
  const unknown = transfers.filter((one) => one.sendings.some((s) => s.outcome === 'unknown'))
  const unanswered = `${unknown.length} without an answer`
  const fine = `${transfers.length} transfers in ${sendings} sendings, ${unanswered}`
  return invariant('transfers-become-final', wrongs, fine)
}

function nothingLost({ transfers }: BankHistory, placed: readonly Placed[]): Invariant {
  const where = new Map<string, string[]>()
  for (const { hash, blockHash } of placed) {
    where.set(hash, [...(where.get(hash) ?? []), blockHash])
  }
  const wrongs: string[] = []
  let count = 0
  for (const { hash, final } of transfers) {
    if (!final) continue
    count++
    const now = where.get(hash)
    if (now?.includes(final.blockHash)) continue
    const at = `block ${final.height} ${final.blockHash} by ${final.node}`
    wrongs.push(`${hash} was shown final in ${at}, now ${now?.[0] ?? 'in no block'}`)
  }
  return invariant('nothing-final-lost', wrongs, `${count} transfers shown final are there`)
}

function nothingTwice({ transfers }: BankHistory, placed: readonly Placed[]): Invariant {
  const known = new Set<string>(transfers.map(({ hash }) => hash))
  const senders = new Set<string>(transfers.map(({ from }) => from))
  const hashes = new Map<string, number>()
  const nonces = new Map<string, number>()
  const wrongs: string[] = []
  for (const { hash, from, nonce, height } of placed) {
    const slot = `nonce ${nonce} of ${from}`
    const first = hashes.get(hash) ?? nonces.get(slot)
    if (first !== undefined) wrongs.push(`${slot} is in block ${first} and in block ${height}`)
    if (senders.has(from) && !known.has(hash)) {
      wrongs.push(`${hash} in block ${height} is by ${from}, who never sent it`)
    }
    hashes.set(hash, height)
    nonces.set(slot, height)
  }
  return invariant('nothing-twice', wrongs, `${placed.length} transactions, each once`)
}

function orderKept({ transfers, before }: BankHistory, placed: readonly Placed[]): Invariant {
  const next = new Map([...before].map(([address, { nonce }]) => [address, nonce]))
  const wrongs: string[] = []
  for (const { from, nonce, height } of placed) {
    const wanted = next.get(from)
    if (wanted === undefined) continue
    if (nonce !== wanted) {
      wrongs.push(`block ${height} has nonce ${nonce} of ${from}, whose next was ${wanted}`)
    }
    next.set(from, nonce + 1)
  }
  const accounts = new Set(transfers.map(({ from }) => from)).size
  return invariant('order-kept', wrongs, `${accounts} accounts, each in the order of its sending`)
}

function balancesAddUp(history: BankHistory, placed: readonly Placed[]): Invariant {
  const { before, after } = history
  const balances = new Map([...before].map(([address, { balance }]) => [address, balance]))
  const nonces = new Map([...before].map(([address, { nonce }]) => [address, nonce]))
  const add = (address: string, wei: bigint) => {
    const balance = balances.get(address)
    if (balance !== undefined) balances.set(address, balance + wei)
  }
  for (const { from, to, value, feeWei, success } of placed) {
    add(from, -feeWei)
    nonces.set(from, (nonces.get(from) ?? 0) + 1)
    if (!success) continue
    add(from, -value)
    if (to) add(to, value)
  }
  const wrongs: string[] = []
  for (const [address, { balance, nonce }] of after) {
    const wanted = balances.get(address) ?? 0n
    if (wanted !== balance) {
      wrongs.push(`${address} has ${balance} wei, its final transactions leave ${wanted}`)
    }
    if (nonces.get(address) !== nonce) {
      wrongs.push(`${address} is at nonce ${nonce}, after ${nonces.get(address)} transactions`)
    }
  }
  const fine = `${after.size} balances are what the final blocks leave, to the wei`
  return invariant('balances-add-up', wrongs, fine)
}

function readsMonotonic({ readings }: BankHistory): Invariant {
  const seen = new Map<string, number>()
  const wrongs: string[] = []
  for (const { client, node, nonce } of readings) {
    const reader = `${client} at ${node}`
    const last = seen.get(reader) ?? 0
    if (nonce < last) wrongs.push(`${reader} read nonce ${last}, then ${nonce}`)
    seen.set(reader, nonce)
  }
  const fine = `${readings.length} readings by ${seen.size} readers never went back`
  return invariant('reads-monotonic', wrongs, fine)
}

// Pays what a coordinator has quoted, by JSON-RPC of any node: fills a lock of the consumer's
// account and follows it until a final batch has it. Given again after it was cut off it finds what
// it did.

import { bytesToHex } from '../../lib/hex.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import { termsHash } from '../../protocol/rollup/operation-digests.ts'
import type { SpendSign } from '../../protocol/rollup/sign-operation.ts'
import * as rpc from '../light/light-rpc.ts'
import { lockForQuote, type QuotedJob } from './lock-for-quote.ts'
import { findOperation, followOperation, lockState, sendOperation } from './operations.ts'

export interface Paying {
  readonly ask: rpc.Ask
  readonly quote: QuotedJob
  /** Index of the consumer's account, and of a lock of his that is free. */
  readonly owner: number
  readonly lock: number
  /** With the account's spend key. */
  readonly sign: SpendSign
  /** How long it may take; 60 s unless given. */
  readonly withinMs?: number
}

/** What the job is submitted with, as `rollup_lock`. */
export interface PaidLock {
  readonly lock: number
  readonly use: number
}

const EVERY_MS = 100
const WITHIN_MS = 60_000

async function facts(ask: rpc.Ask, owner: number) {
  const first = rpc.fieldsOf(await ask('rollup_getHead', [rpc.quantity(0)]))
  const shard = shardOf(owner, rpc.numberOf(first.shards, 'shards'))
  const head = rpc.fieldsOf(await ask('rollup_getHead', [rpc.quantity(shard)]))
  const account = await ask('rollup_getAccount', [rpc.quantity(owner)])
  if (account === null) throw new RangeError(`the rollup has no account ${owner}`)
  const { genesisHash } = rpc.fieldsOf(await ask('aitbc_status', []))
  return {
    genesisHash: rpc.hashOf(genesisHash, 'genesisHash'),
    nonce: rpc.numberOf(rpc.fieldsOf(account).nonce, 'nonce'),
    maxFee: rpc.numberOf(head.fee, 'fee'),
    height: rpc.numberOf(await ask('eth_blockNumber', []), 'height'),
  }
}

/**
 * Rejects with RangeError where the lock is not his or holds money for something else, with
 * LightError where the node refuses, or shows nothing in time.
 */
export async function payQuote(paying: Paying): Promise<PaidLock> {
  const { ask, quote, owner, lock, sign, withinMs = WITHIN_MS } = paying
  const state = await lockState(ask, lock)
  if (state?.owner !== owner) throw new RangeError(`lock ${lock} is not of account ${owner}`)
  const { use } = state
  if (state.payee !== undefined) {
    const held = await findOperation(ask, { kind: 'lock', lock, use })
    if (held?.hash === bytesToHex(termsHash(quote))) return { lock, use }
    throw new RangeError(`lock ${lock} holds money for something else`)
  }
  const { genesisHash, nonce, maxFee, height } = await facts(ask, owner)
  const from = { owner, lock, use, nonce }
  const sent = lockForQuote(genesisHash, quote, from, { maxFee, height }, sign)
  await sendOperation(ask, sent)
  await followOperation(ask, sent.terms, { everyMs: EVERY_MS, withinMs })
  return { lock, use }
}

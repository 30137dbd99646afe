// One operation on a lock from the command line: handed in, seen in a final batch, and its file
// written.

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { EXECUTION_REFUSALS } from '../../protocol/errors/execution-refusals.ts'
import { decodeClaim } from '../../protocol/rollup/claim.ts'
import type { OperationReceipt } from '../../protocol/rollup/operation-receipt.ts'
import type { OperationKind, OperationTerms } from '../../protocol/rollup/operation-terms.ts'
import { encodeSentOperation, type SentOperation } from '../../protocol/rollup/sent-operation.ts'
import type { SpendSign } from '../../protocol/rollup/sign-operation.ts'
import { findOperation } from '../../sdk/rollup/operations.ts'
import { CliError } from './cli-error.ts'
import { fromNode } from './light-options.ts'
import type { RollupDesk } from './rollup-desk.ts'
import { rpcAsk } from './rollup-locks.ts'
import { ROLLUP_WAIT_MS } from './rollup-options.ts'
import { operationFileName, writeOperationReceipt } from './rollup-receipt.ts'
import { rpcAnswer } from './rpc-request.ts'
import type { ReceiptAnchor } from './verify-receipt-text.ts'
import { waitFor } from './wait-for.ts'

export interface ExecutedOperation extends OperationTerms {
  readonly hash: Hex
  readonly batch: number
  /** Path of its file; undefined where the node cannot show its block final yet. */
  readonly receipt: string | undefined
}

export interface FoundOperation {
  readonly found: OperationReceipt
  /** From handing it in to seeing it final. */
  readonly ms: number
}

/** Nothing is wrong with the operation: the same may be given again. */
const LATER = new Set(['BUSY', 'STALE', 'NOT_SEQUENCER', 'SHARD_BEHIND', 'RESHARDING'])

/** By the code of a refusal: why, and what to do. docs/spec/rollup-market.md. */
const REFUSALS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  UNDECODABLE: ['the node does not read it', 'report it with the command you ran'],
  NOT_REGISTERED: ['the shard does not know who signed it', 'wait a moment and try again'],
  BAD_SIGNATURE: ['it is not signed by the key that was registered', 'check --keys'],
  EXPIRED: [
    'there are too few blocks until it is void, or the fee has risen',
    'try again; a lock needs more --blocks, a payment comes too late then',
  ],
  TOO_FAR: ['the deadline is further away than it may be', 'give fewer --blocks'],
  BALANCE: ['the account has too little', 'pay into it with ./aitbc rollup deposit'],
  LOCK_OTHER: [EXECUTION_REFUSALS.LOCK_OTHER, 'see ./aitbc rollup lock-status'],
  WRONG_NONCE: [
    'another transfer or lock of this account was executed first',
    'see ./aitbc rollup balance, and try again',
  ],
  RESHARDING: ['the number of shards changes at the end of this epoch', 'try again in a minute'],
  SHARD_BEHIND: ['the shard of the payee is behind', 'try again later'],
  BUSY: ['the sequencer has too much to do', 'try again later'],
  STALE: ['the shard takes nothing now', 'try again later'],
  NOT_SEQUENCER: ['no node sequences the shard now', 'try again later'],
}

function refusal(kind: OperationKind, code: string | undefined, message: string): CliError {
  const known = code === undefined ? undefined : EXECUTION_REFUSALS[code as 'LOCK_OTHER']
  const [text, hint] = REFUSALS[code ?? ''] ?? [known ?? message, 'see ./aitbc rollup lock-status']
  const why = code === undefined ? text : `${text} (${code})`
  return new CliError('REFUSED', `the sequencer refused the ${kind}`, why, hint)
}

/** Resolves when it is final, still pending after the limit, or refused: with the refusal. */
async function handIn({ rpc }: RollupDesk, sent: SentOperation): Promise<CliError | undefined> {
  const data = bytesToHex(encodeSentOperation(sent))
  const started = performance.now()
  for (;;) {
    const answer = await rpcAnswer<{ batch: Hex | null }>(rpc, 'rollup_sendOperation', [data])
    const isLate = performance.now() - started > ROLLUP_WAIT_MS
    if (answer.ok && (answer.result.batch !== null || isLate)) return undefined
    if (answer.ok) continue
    const { code, message, retryAfterMs } = answer
    if (isLate || !LATER.has(code ?? '')) return refusal(sent.terms.kind, code, message)
    await pause(retryAfterMs ?? 200)
  }
}

/** Undefined while no final batch has it. */
export function findFinal(
  rpc: string,
  which: Pick<OperationTerms, 'kind' | 'lock' | 'use'>,
): Promise<OperationReceipt | undefined> {
  return fromNode(findOperation(rpcAsk(rpc), which))
}

/** Whether it pays the same to the same for the same: a lock's deadline is that of the first try. */
export function isSamePayment(found: OperationReceipt, { terms, hash }: SentOperation): boolean {
  const { owner, payee, amount } = found.operation
  const isSame = owner === terms.owner && payee === terms.payee && amount === terms.amount
  return isSame && found.hash === hash
}

/** Resolves when a final batch has it, also where it was handed in before. Rejects with CliError. */
export async function executeOperation(
  desk: RollupDesk,
  sent: SentOperation,
): Promise<FoundOperation> {
  const { kind, lock, use } = sent.terms
  const started = performance.now()
  const refused = await handIn(desk, sent)
  const find = () => findFinal(desk.rpc, sent.terms)
  const found = refused
    ? await find()
    : await waitFor(find, {
        limitMs: ROLLUP_WAIT_MS,
        message: `the ${kind} of lock ${lock} is not final`,
        hint: `./aitbc rollup lock-status ${lock} shows when it is`,
      })
  if (!found) throw refused as CliError
  if (isSamePayment(found, sent)) return { found, ms: Math.round(performance.now() - started) }
  const why = `with use ${use} of lock ${lock}: another client has these keys`
  throw refused ?? new CliError('REFUSED', `another ${kind} was executed`, why, 'see your clients')
}

/** Writes its file into the receipts of the data folder. */
export async function keepOperation(
  { rpc, data }: Pick<RollupDesk, 'rpc' | 'data'>,
  found: OperationReceipt,
  trusted: ReceiptAnchor,
): Promise<ExecutedOperation> {
  const { operation, hash } = found
  const path = join(data, 'receipts', operationFileName(operation))
  const batch = decodeClaim(found.claim).number
  const written = await laterOr(writeOperationReceipt(rpcAsk(rpc), found, trusted, path))
  return { ...operation, hash, batch, receipt: written && path }
}

/** Undefined while the block's epoch is not certified. */
export async function laterOr<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CliError && error.code === 'NOT_VERIFIED') return undefined
    throw error
  }
}

export async function spendSigner({ secrets }: RollupDesk): Promise<SpendSign> {
  const { ed25519Keys, signEd25519Native } = await import('../../compute/crypto/ed25519-native.ts')
  const { secretKey } = ed25519Keys(secrets.spend)
  return (digest) => signEd25519Native(secretKey, digest)
}

export async function chainOf(desk: RollupDesk) {
  const { genesisHash } = await desk.ask<{ genesisHash: Hex }>('aitbc_status')
  return { chainId: await desk.chain.chainId(), genesisHash }
}

/** Rejects with CliError REFUSED where a lock pays somebody else. */
export async function checkPayee(desk: RollupDesk, payee: number): Promise<void> {
  const own = await desk.index()
  if (own === payee) return
  const why = `account ${payee} is paid, and these keys are account ${own}`
  throw new CliError('REFUSED', 'the money is for somebody else', why, 'check --keys')
}

// Operations on locks by JSON-RPC: hands them in and follows them until a final batch contains
// them. The node is believed nothing that is not checked: what it shows holds only with what is
// trusted of the chain (collectOperation, verifyRollupOperation).

import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { OperationReceipt } from '../../protocol/rollup/operation-receipt.ts'
import type { OperationTerms } from '../../protocol/rollup/operation-terms.ts'
import { encodeSentOperation, type SentOperation } from '../../protocol/rollup/sent-operation.ts'
import type { HeldLock } from '../../protocol/rollup/sign-operation.ts'
import { LightError } from '../light/light-error.ts'
import * as rpc from '../light/light-rpc.ts'

/** A lock that holds nothing has no payee and no deadline. */
export type LockState = Pick<HeldLock, 'owner' | 'lock' | 'use' | 'amount'> &
  Partial<Pick<HeldLock, 'payee' | 'deadline'>>

/** As the node's last executed batch left it; undefined for what is no lock. */
export async function lockState(ask: rpc.Ask, index: number): Promise<LockState | undefined> {
  const result = await ask('rollup_getLock', [rpc.quantity(index)])
  if (result === null) return undefined
  const found = rpc.fieldsOf(result)
  const lock = {
    lock: index,
    owner: rpc.numberOf(found.owner, 'owner'),
    use: rpc.numberOf(found.use, 'use'),
    amount: rpc.unitsOf(found.amount, 'amount'),
  }
  if (found.payee === null) return lock
  const payee = rpc.numberOf(found.payee, 'payee')
  return { ...lock, payee, deadline: rpc.numberOf(found.deadline, 'deadline') }
}

/**
 * False while it is pending: the same may be sent again. Rejects with LightError; its text names
 * the refusal.
 */
export async function sendOperation(ask: rpc.Ask, sent: SentOperation): Promise<boolean> {
  const result = await ask('rollup_sendOperation', [bytesToHex(encodeSentOperation(sent))])
  return rpc.fieldsOf(result).batch !== null
}

/** Undefined while no final batch contains it, as far back as the node looks. */
export async function findOperation(
  ask: rpc.Ask,
  { kind, lock, use }: Pick<OperationTerms, 'kind' | 'lock' | 'use'>,
): Promise<OperationReceipt | undefined> {
  const params = [rpc.quantity(lock), rpc.quantity(use), kind]
  const result = await ask('rollup_getOperation', params)
  if (result === null) return undefined
  const found = rpc.fieldsOf(result)
  return {
    operation: {
      kind,
      lock,
      use,
      owner: rpc.numberOf(found.owner, 'owner'),
      payee: rpc.numberOf(found.payee, 'payee'),
      nonce: rpc.numberOf(found.nonce, 'nonce'),
      amount: rpc.unitsOf(found.amount, 'amount'),
      deadline: rpc.numberOf(found.deadline, 'deadline'),
    },
    hash: rpc.hashOf(found.hash, 'hash'),
    claim: rpc.bytesOf(found.raw, 'raw'),
    position: rpc.numberOf(found.position, 'position'),
    proof: concatBytes(...rpc.listOf(found.proof, 'proof', 32)),
  }
}

export interface Following {
  readonly everyMs: number
  /** Rejects with LightError NODE_LACKS after so long. */
  readonly withinMs: number
}

/** Asks until a final batch contains it. */
export async function followOperation(
  ask: rpc.Ask,
  operation: Pick<OperationTerms, 'kind' | 'lock' | 'use'>,
  { everyMs, withinMs }: Following,
): Promise<OperationReceipt> {
  for (let left = withinMs; ; left -= everyMs) {
    const found = await findOperation(ask, operation)
    if (found) return found
    if (left <= 0) {
      const { kind, lock, use } = operation
      throw new LightError(
        'NODE_LACKS',
        `no final batch has the ${kind} of lock ${lock}, use ${use}`,
      )
    }
    await new Promise((done) => setTimeout(done, everyMs))
  }
}

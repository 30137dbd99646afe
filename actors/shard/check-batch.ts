// Executes a batch on the state after its parent, and compares with what its claim says. Whole, or
// the state is as it was.

import type { Claim, UnsignedClaim } from '../../protocol/rollup/claim.ts'
import {
  type BatchToExecute,
  type Executed,
  type ExecutionPorts,
  executeBatch,
} from '../../protocol/rollup/execute-batch.ts'
import { OUTGOING_WORDS } from '../../protocol/rollup/outgoing.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'

export type Checked =
  | { readonly ok: true; readonly executed: Executed }
  | { readonly ok: false; readonly code: string; readonly detail: string }

/** What a claim says of the execution of its batch. */
export type ExecutionFacts = Pick<
  UnsignedClaim,
  | 'firstEntry'
  | 'entries'
  | 'txRoot'
  | 'opRoot'
  | 'traceRoot'
  | 'exits'
  | 'exitRoot'
  | 'inboxTo'
  | 'outbox'
  | 'supply'
>

export function factsOf(executed: Executed): ExecutionFacts {
  const { entries, txRoot, opRoot, traceRoot, exits, exitRoot, inboxTo, supply, undo } = executed
  return {
    firstEntry: undo.entriesBefore + 1,
    entries,
    txRoot,
    opRoot,
    traceRoot,
    exits: exits.length / OUTGOING_WORDS,
    exitRoot,
    inboxTo,
    outbox: executed.outbox.map(({ shard, leaves, amount, root }) => ({
      shard,
      credits: leaves.length / OUTGOING_WORDS,
      amount,
      root,
    })),
    supply,
  }
}

const NAMES = [
  'entries',
  'txRoot',
  'opRoot',
  'traceRoot',
  'exits',
  'exitRoot',
  'inboxTo',
  'supply',
] as const satisfies (keyof ExecutionFacts)[]

function differing(claim: Claim, facts: ExecutionFacts): string | undefined {
  const name = NAMES.find((one) => claim[one] !== facts[one])
  if (name) return name
  const isSame =
    claim.outbox.length === facts.outbox.length &&
    claim.outbox.every((parcel, i) => {
      const ours = facts.outbox[i]
      return (
        ours?.shard === parcel.shard &&
        ours.credits === parcel.credits &&
        ours.amount === parcel.amount &&
        ours.root === parcel.root
      )
    })
  return isSame ? undefined : 'outbox'
}

export function checkBatch(
  state: ShardState,
  claim: Claim,
  batch: Omit<BatchToExecute, 'fee' | 'feeAccount' | 'firstEntry'>,
  ports: ExecutionPorts,
): Checked {
  const { fee, feeAccount, firstEntry, stateRoot } = claim
  if (claim.inboxTo !== state.inboxTo + batch.inbox.length) {
    return { ok: false, code: 'BAD_CLAIM', detail: 'inboxTo' }
  }
  const full = { ...batch, fee, feeAccount, firstEntry }
  const execution = executeBatch(state, full, ports)
  if (!execution.ok) return execution
  const { executed } = execution
  const wrong = differing(claim, factsOf(executed))
  if (wrong === undefined) {
    if (stateRoot === undefined || state.root(ports.hashPairs) === stateRoot) {
      return { ok: true, executed }
    }
  }
  state.undo(executed.undo)
  return { ok: false, code: 'BAD_CLAIM', detail: wrong ?? 'stateRoot' }
}

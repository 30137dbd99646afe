// Makes a draft of what the sequencer has collected: leaves out what cannot be executed, executes
// the rest on the tip after the messages of the inbox.

import { ROLLUP_INBOX_PER_BATCH } from '../../config/limits.ts'
import { type Body, SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import { cosignDigest } from '../../protocol/rollup/cosign.ts'
import { type ExecutionPorts, executeBatch } from '../../protocol/rollup/execute-batch.ts'
import type { RefusedOperation } from '../../protocol/rollup/execute-operations.ts'
import { keepTransfers } from '../../protocol/rollup/keep-transfers.ts'
import { hasOperations, type Operations } from '../../protocol/rollup/operations.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import { transferColumns } from '../../protocol/rollup/transfer-columns.ts'
import { NOBODY_ABSENT, writeBody } from '../../protocol/rollup/write-body.ts'
import type { TransferRefusal } from '../messages/rollup-sequencer.ts'
import type { ClaimLine } from './claim-line.ts'
import type { Draft } from './draft.ts'
import { filterDraft, type RefusedTransfer } from './filter-draft.ts'
import type { Inbox } from './inbox.ts'
import type { ShardProps } from './shard-props.ts'

export interface Wanted {
  readonly draft: Uint8Array
  readonly fee: number
  readonly feeAccount: number | undefined
}

/** What a batch takes up besides transfers, and what limits these. */
export interface Waiting {
  readonly parcels: readonly Parcel[]
  readonly isBehind: (shard: number) => boolean
  /** Nothing else happens: it is time to state the root. */
  readonly isRootDue: boolean
  readonly operations: Operations
  /** The number of shards changes: no transfers; `begins`: and nothing but the root. */
  readonly isShut: boolean
  readonly begins: boolean
}

export type Assembled =
  | {
      readonly code: string
      readonly draft: undefined
      readonly refused: readonly RefusedTransfer[]
      readonly leftOut: LeftOut
    }
  | {
      readonly code: ''
      readonly draft: Draft
      /** What is left of the given body, when something was left out. */
      readonly kept: Uint8Array | undefined
      readonly refused: readonly RefusedTransfer[]
      readonly leftOut: LeftOut
    }

/** Operations that cannot be executed: code by position. */
export type LeftOut = ReadonlyMap<number, string>

const UNSIGNED = new Uint8Array(SIGNATURE_BYTES)

function without(body: Body, bytes: Uint8Array, positions: Iterable<number>): Uint8Array {
  const keep = new Uint8Array(body.transfers).fill(1)
  let gone = 0
  for (const position of positions) {
    keep[position] = 0
    gone++
  }
  if (gone === 0) return bytes
  const sections = keepTransfers(body.sections, keep)
  const { shard } = body
  return writeBody({ shard, number: 0, signature: UNSIGNED, sections, absent: NOBODY_ABSENT })
}

const WHY: Readonly<Record<string, TransferRefusal>> = {
  SENDER_UNKNOWN: 'NOT_REGISTERED',
  RECEIVER_UNKNOWN: 'NOT_REGISTERED',
  UNPAYABLE: 'BALANCE',
}

function read(bytes: Uint8Array): Body | undefined {
  const form = readBody(bytes)
  return form.ok && form.body.number === 0 ? form.body : undefined
}

export function assemble(
  line: ClaimLine,
  inbox: Inbox,
  { shard, genesisHash }: Pick<ShardProps, 'shard' | 'genesisHash'>,
  { draft: bytes, fee, feeAccount }: Wanted,
  { parcels, isBehind, isRootDue, operations, isShut, begins }: Waiting,
  ports: ExecutionPorts,
): Assembled {
  const { state, tip } = line
  const given = read(bytes)
  if (!given || given.shard !== shard) return fail('UNDECODABLE')
  const most = begins ? 0 : ROLLUP_INBOX_PER_BATCH
  const to = Math.min(inbox.end, state.inboxTo + most)
  const entries = inbox.slice(state.inboxTo, to) ?? []
  const messages = entries.map(({ message }) => message)
  const isIdle = messages.length === 0 && parcels.length === 0 && !isRootDue
  const isAnything = !isIdle || hasOperations(operations)
  const gone = new Map<number, TransferRefusal>()
  for (const { position, why } of filterDraft(state, transferColumns(given), fee, isBehind)) {
    gone.set(position, why)
  }
  if (isShut) for (let at = 0; at < given.transfers; at++) gone.set(at, 'RESHARDING')
  // Each round takes one transfer out, so this ends; it is rare: forced transfers make it so.
  for (;;) {
    const kept = without(given, bytes, gone.keys())
    const left = kept === bytes ? given : (read(kept) as Body)
    if (left.transfers === 0 && !isAnything) return fail('NOTHING', gone)
    const body = { ...left, operations }
    const refusedOnes: RefusedOperation[] = []
    const execution = executeBatch(
      state,
      {
        fee,
        feeAccount: feeAccount ?? 0,
        firstEntry: state.entries + 1,
        inbox: messages,
        parcels,
        body,
        leftOut: refusedOnes,
      },
      ports,
    )
    if (!execution.ok) {
      const which = positionIn(given, gone, execution.position)
      const isTransfer = body.transfers > 0 && which !== undefined
      if (!isTransfer || execution.code === 'FEE_ACCOUNT_UNKNOWN') {
        return fail(execution.code, gone)
      }
      gone.set(which, WHY[execution.code] ?? 'BALANCE')
      continue
    }
    const { executed } = execution
    const leftOut = new Map(refusedOnes.map(({ position, code }) => [position, WHY[code] ?? code]))
    if (executed.entries === 0 && !isRootDue) {
      state.undo(executed.undo)
      return fail('NOTHING', gone, leftOut)
    }
    const { txRoot } = executed
    const number = tip.number + 1
    const { transfers } = body
    const terms = { shard, number, parent: tip.hash, transfers, fee, txRoot }
    const draft: Draft = {
      number,
      parent: tip.hash,
      body: { ...body, operations: executed.operations },
      fee,
      feeAccount: feeAccount ?? 0,
      inbox: entries,
      parcels,
      executed,
      digest: cosignDigest(genesisHash, terms),
    }
    return {
      code: '',
      draft,
      kept: kept === bytes ? undefined : kept,
      refused: listed(gone),
      leftOut,
    }
  }
}

type Gone = ReadonlyMap<number, TransferRefusal>

function listed(gone: Gone): RefusedTransfer[] {
  const sorted = [...gone].sort(([a], [b]) => a - b)
  return sorted.map(([position, why]) => ({ position, why }))
}

function fail(code: string, gone: Gone = new Map(), leftOut: LeftOut = new Map()): Assembled {
  return { code, draft: undefined, refused: listed(gone), leftOut }
}

/** Position in the given body of what stands at a position of what was kept. */
function positionIn(
  given: Body,
  gone: ReadonlyMap<number, unknown>,
  position: number,
): number | undefined {
  let at = 0
  for (let i = 0; i < given.transfers; i++) {
    if (gone.has(i)) continue
    if (at++ === position) return i
  }
  return undefined
}

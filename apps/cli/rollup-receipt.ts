// The receipt files of transfers, operations and jobs that were paid, collected from a node and
// verified before anybody is told that there is one.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { PathTrust } from '../../protocol/light/proof-path.ts'
import type { ReceiptV2 } from '../../protocol/receipt/receipt-v2.ts'
import type { OperationReceipt } from '../../protocol/rollup/operation-receipt.ts'
import type { OperationTerms } from '../../protocol/rollup/operation-terms.ts'
import type { RollupReceipt } from '../../protocol/rollup/rollup-receipt.ts'
import type {
  FinalOperationVerdict,
  ShownOperation,
} from '../../protocol/rollup/verify-final-operation.ts'
import type {
  FinalReceiptVerdict,
  ShownTransfer,
} from '../../protocol/rollup/verify-final-receipt.ts'
import type { Ask } from '../../sdk/light/light-rpc.ts'
import { CliError } from './cli-error.ts'
import { fromNode } from './light-options.ts'
import { invalidReceipt } from './verify-file.ts'
import type { ReceiptAnchor } from './verify-receipt-text.ts'

function trustOf(trusted: ReceiptAnchor): PathTrust {
  return typeof trusted === 'string'
    ? { trustedValidatorSetHash: trusted }
    : { checkpoint: trusted }
}

/** Needs no network. */
export async function verifyRollupFile(
  file: Uint8Array | string,
  trusted: ReceiptAnchor,
): Promise<FinalReceiptVerdict> {
  const { verifyRollupReceipt } = await import('../../sdk/rollup/verify-rollup-receipt.ts')
  return verifyRollupReceipt(file, trustOf(trusted))
}

/** The same of an operation on a lock; undefined for a file that is none. */
export async function verifyOperationFile(
  file: Uint8Array | string,
  trusted: ReceiptAnchor,
): Promise<FinalOperationVerdict | undefined> {
  const { readFinalOperation } = await import('../../protocol/rollup/final-operation.ts')
  if (!readFinalOperation(file).ok) return undefined
  const { verifyRollupOperation } = await import('../../sdk/rollup/verify-rollup-receipt.ts')
  return verifyRollupOperation(file, trustOf(trusted))
}

export interface WrittenReceipt {
  readonly receipt: RollupReceipt
  readonly transfer: ShownTransfer
}

/** Writes the file. Rejects with CliError, NOT_VERIFIED while the node cannot show it. */
export async function writeRollupReceipt(
  ask: Ask,
  { from, nonce }: { readonly from: number; readonly nonce: number },
  trusted: ReceiptAnchor,
  path: string,
): Promise<WrittenReceipt> {
  const { collectReceipt, findReceipt } = await import('../../sdk/rollup/collect-receipt.ts')
  const { encodeFinalReceipt } = await import('../../protocol/rollup/final-receipt.ts')
  const { blsNative } = await import('../../compute/crypto/bls-native.ts')
  const collected = async () => {
    const receipt = await findReceipt(ask, from, nonce)
    return { receipt, file: await collectReceipt({ receipt, ask, bls: blsNative }) }
  }
  const { receipt, file } = await fromNode(collected())
  const text = encodeFinalReceipt(file)
  const verdict = await verifyRollupFile(text, trusted)
  if (!verdict.valid) throw invalidReceipt(verdict.reason, verdict.checks)
  writeVerified(path, text)
  return { receipt, transfer: verdict.transfer }
}

function writeVerified(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (error) {
    const why = (error as Error).message
    throw new CliError('FILE', `cannot write ${path}`, why, 'name another file with --out')
  }
}

export function operationFileName({
  kind,
  lock,
  use,
}: Pick<OperationTerms, 'kind' | 'lock' | 'use'>): string {
  return `rollup-${kind}-${lock}-${use}.json`
}

/** The same of an operation on a lock. */
export async function writeOperationReceipt(
  ask: Ask,
  receipt: OperationReceipt,
  trusted: ReceiptAnchor,
  path: string,
): Promise<ShownOperation> {
  const { collectOperation } = await import('../../sdk/rollup/collect-receipt.ts')
  const { encodeFinalOperation } = await import('../../protocol/rollup/final-operation.ts')
  const { blsNative } = await import('../../compute/crypto/bls-native.ts')
  const text = encodeFinalOperation(
    await fromNode(collectOperation({ receipt, ask, bls: blsNative })),
  )
  const verdict = await verifyOperationFile(text, trusted)
  if (!verdict?.valid) throw invalidReceipt(verdict?.reason ?? 'format', verdict?.checks ?? [])
  writeVerified(path, text)
  return verdict.operation
}

/** The file that shows a job's receipt settled by the rollup. */
export async function writeJobReceipt(
  ask: Ask,
  receipt: ReceiptV2,
  settled: OperationReceipt,
  trusted: ReceiptAnchor,
  path: string,
): Promise<void> {
  const { collectRollupBundle } = await import('../../sdk/rollup/collect-receipt.ts')
  const { encodeBundle } = await import('../../protocol/receipt/bundle.ts')
  const { blsNative } = await import('../../compute/crypto/bls-native.ts')
  const { verifyReceiptText } = await import('./verify-receipt-text.ts')
  const query = { receipt: settled, ask, bls: blsNative }
  const text = encodeBundle(await fromNode(collectRollupBundle(receipt, query)))
  const { valid, reason, checks } = verifyReceiptText(text, trusted)
  if (!valid) throw invalidReceipt(reason, checks)
  writeVerified(path, text)
}

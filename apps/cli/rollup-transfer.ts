// One transfer in the rollup from the command line: signed once for its nonce, handed in with its
// ordinary signature, seen final, its receipt written and kept with what was signed.

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { COSIGN_REFUSALS } from '../../protocol/errors/cosign-refusals.ts'
import { httpAsk, quantity } from '../../sdk/light/light-rpc.ts'
import { RollupAccount, type Submission } from '../../sdk/rollup/rollup-account.ts'
import { encodeSentTransfer } from '../../sdk/rollup/wire/signed-transfer-bytes.ts'
import { CliError } from './cli-error.ts'
import type { RollupDesk } from './rollup-desk.ts'
import { ROLLUP_WAIT_MS } from './rollup-options.ts'
import { holdAccount, payingState } from './rollup-payer.ts'
import { writeRollupReceipt } from './rollup-receipt.ts'
import { rpcAnswer } from './rpc-request.ts'
import type { ReceiptAnchor } from './verify-receipt-text.ts'
import { waitFor } from './wait-for.ts'

/** Until a transfer's signature is void. */
const TRANSFER_BLOCKS = 600

export interface WantedTransfer {
  /** Account, or EXIT_INDEX. */
  readonly to: number
  /** Units. */
  readonly amount: bigint
}

export interface ExecutedTransfer extends WantedTransfer {
  readonly from: number
  readonly nonce: number
  readonly batch: number
  readonly height: number
  /** From handing it in to seeing it final. */
  readonly ms: number
  /** Path of its receipt; undefined where the node cannot show its block final yet. */
  readonly receipt: string | undefined
}

type Signed = Extract<Submission, { ok: true }>

async function accountOf(desk: RollupDesk, from: number, genesisHash: Hex) {
  const { blsNative } = await import('../../compute/crypto/bls-native.ts')
  const { ed25519Keys, signEd25519Native } = await import('../../compute/crypto/ed25519-native.ts')
  const { FileCosignGuard } = await import('../../storage/rollup/file-cosign-guard.ts')
  const { secrets } = desk
  const { folder, release } = await holdAccount(desk, from, genesisHash)
  const guard = await FileCosignGuard.open(folder)
  const { secretKey } = ed25519Keys(secrets.spend)
  const keys = {
    sign: (digest: Uint8Array) => signEd25519Native(secretKey, digest),
    cosign: (digest: Uint8Array) => blsNative.sign(secrets.cosign, digest),
  }
  return { account: new RollupAccount({ index: from, genesisHash, keys, guard }), guard, release }
}

/** Resolves when a sequencer has it. What it refuses is a CliError REFUSED with the rule's name. */
async function handIn(desk: RollupDesk, { transfer, signature }: Signed): Promise<void> {
  const sent = bytesToHex(encodeSentTransfer({ ...transfer, signature }))
  const started = performance.now()
  for (;;) {
    const answer = await rpcAnswer(desk.rpc, 'rollup_sendTransfer', [sent])
    // It is there already: this is the same transfer, signed before and handed in again.
    if (answer.ok || answer.code === 'SENDER_PENDING') return
    const isLate = performance.now() - started > ROLLUP_WAIT_MS
    if (isLate || (answer.code !== 'BUSY' && answer.code !== 'NOT_SEQUENCER')) {
      const why = `${answer.message}${answer.code ? ` (${answer.code})` : ''}`
      const hint = 'see ./aitbc rollup balance'
      throw new CliError('REFUSED', 'the sequencer refused the transfer', why, hint)
    }
    await pause(answer.retryAfterMs ?? 200)
  }
}

/** Signs it; the same once more where its nonce was signed for before. */
async function signed(
  desk: RollupDesk,
  { account, guard }: Awaited<ReturnType<typeof accountOf>>,
  from: number,
  wanted: WantedTransfer,
): Promise<Signed> {
  const { nonce, fee, batch, height } = await payingState(desk, from, wanted.amount)
  const before = (await guard.read(nonce))?.transfer
  const isSame = before && before.to === wanted.to && before.amount === wanted.amount
  const isValid = isSame && height <= before.notAfter
  const notAfter = isValid ? before.notAfter : height + TRANSFER_BLOCKS
  const maxFee = isValid ? before.maxFee : fee
  const terms = { ...wanted, nonce, maxFee, notAfter }
  const submission = await account.submit(terms, { height, lastClaim: batch })
  if (submission.ok) return submission
  const hint = before
    ? `repeat that one, or wait until block ${before.notAfter + 1} is final`
    : 'correct the command'
  const why = COSIGN_REFUSALS[submission.code]
  throw new CliError('REFUSED', 'the transfer was not signed', why, hint)
}

/** Resolves when it is final. Rejects with CliError. */
export async function executeTransfer(
  desk: RollupDesk,
  wanted: WantedTransfer,
  trusted: ReceiptAnchor,
): Promise<ExecutedTransfer> {
  const from = await desk.index()
  const { genesisHash } = await desk.ask<{ genesisHash: Hex }>('aitbc_status')
  const own = await accountOf(desk, from, genesisHash)
  try {
    const submission = await signed(desk, own, from, wanted)
    const { nonce } = submission.transfer
    const started = performance.now()
    await handIn(desk, submission)
    type Found = Readonly<Record<'to' | 'amount' | 'batch' | 'blockNumber', Hex>>
    const place = [quantity(from), quantity(nonce)]
    const found = await waitFor(() => desk.ask<Found | null>('rollup_getTransfer', ...place), {
      limitMs: ROLLUP_WAIT_MS,
      message: `transfer ${nonce} of account ${from} is not final`,
      hint: 'the same command again hands in the same transfer, never two',
    })
    const ms = Math.round(performance.now() - started)
    if (Number(found.to) !== wanted.to || BigInt(found.amount) !== wanted.amount) {
      const why = `with nonce ${nonce} it paid ${Number(found.to)}: another client has these keys`
      throw new CliError('REFUSED', 'another transfer was executed', why, 'see your other clients')
    }
    const path = join(desk.data, 'receipts', `rollup-${from}-${nonce}.json`)
    const receipt = await keepReceipt(desk, own, { from, nonce }, trusted, path)
    const facts = { batch: Number(found.batch), height: Number(found.blockNumber) }
    return { ...wanted, from, nonce, ...facts, ms, receipt }
  } finally {
    own.release()
  }
}

/** Undefined while the block's epoch is not certified: `aitbc rollup receipt` gets it later. */
async function keepReceipt(
  desk: RollupDesk,
  { account }: Awaited<ReturnType<typeof accountOf>>,
  place: { readonly from: number; readonly nonce: number },
  trusted: ReceiptAnchor,
  path: string,
): Promise<string | undefined> {
  try {
    const { receipt } = await writeRollupReceipt(httpAsk(desk.rpc), place, trusted, path)
    // The file has just been verified: that is what makes the claim final.
    await account.keep(receipt, async () => true)
    return path
  } catch (error) {
    if (error instanceof CliError && error.code === 'NOT_VERIFIED') return undefined
    throw error
  }
}

// What `aitbc run` shows: money, provider, stream, receipt, settlement, each as it becomes known.

import { formatMs } from './duration.ts'
import { formatAitbc } from './money.ts'

function label(name: string): string {
  return ` ${name.padEnd(9)} `
}

function short(hex: string): string {
  return hex.length > 18 ? `${hex.slice(0, 10)}…${hex.slice(-4)}` : hex
}

export function quoteLine(quote: {
  priceWei: bigint
  modelId: string
  matching: number
  deadlineSeconds: number
}): string {
  const providers =
    quote.matching === 1 ? '1 provider matches' : `${quote.matching} providers match`
  const until = new Date(quote.deadlineSeconds * 1000).toISOString().slice(11, 19)
  const price = `at most ${formatAitbc(quote.priceWei)} AITBC`
  return `${label('quote')}${providers} · ${quote.modelId} · ${price} · refunded after ${until} UTC`
}

/** Of a job that an earlier command has paid for. */
export function againLine(jobId: string): string {
  return `${label('again')}goes on with job ${short(jobId)}, which an earlier command has paid for`
}

export function escrowLine(escrow: { wei: bigint; tx: string; block: number; ms: number }): string {
  const locked = `${formatAitbc(escrow.wei)} locked`
  return `${label('escrow')}${locked}   tx ${short(escrow.tx)} block ${escrow.block} final in ${formatMs(escrow.ms)}`
}

export function lockLine(held: {
  wei: bigint
  lock: number
  use: number
  payee: number
  ms: number
}): string {
  const { wei, lock, use, payee, ms } = held
  const locked = `${formatAitbc(wei)} locked`
  return `${label('lock')}${locked}   lock ${lock} use ${use} for account ${payee} final in ${formatMs(ms)}`
}

export function assignedLine(
  provider: string,
  worker: string | undefined,
  attempt: number,
): string {
  const again = attempt > 1 ? ` (attempt ${attempt})` : ''
  return `${label('assigned')}provider ${worker ?? ''} ${provider}${again}`.replace(
    / {2,}0x/,
    ' 0x',
  )
}

/** `units` as the receipt meters them; without a rate when nothing was timed. */
export function streamedLine(units: number, unitType: string, ms: number): string {
  const rate = ms > 0 && units > 0 ? ` · ${((units * 1000) / ms).toFixed(1)} a second` : ''
  return `${label('')}${units} ${unitType} in ${formatMs(ms)}${rate}`
}

export function receiptLine(receipt: {
  id: string
  checks: number
  verifyMs: number
  level: string
}): string {
  const verified = `${receipt.checks} checks passed here in ${formatMs(receipt.verifyMs)}`
  return `${label('receipt')}${short(receipt.id)} · level ${receipt.level} · ${verified}`
}

export function settledLine(settled: {
  paidWei: bigint
  refundedWei: bigint
  block: number | undefined
  tx: string | undefined
}): string {
  const money = `${formatAitbc(settled.paidWei)} paid, ${formatAitbc(settled.refundedWei)} returned`
  const where = settled.tx ? `   tx ${short(settled.tx)}` : ''
  return `${label('settled')}${money}${where}${settled.block ? ` block ${settled.block}` : ''}`
}

export function returnedLine(wei: bigint): string {
  return `${label('returned')}${formatAitbc(wei)} unlocked again: the job was not accepted`
}

/** Said when giving the money back at once did not work. */
export function lockedUntilLine(wei: bigint, deadlineSeconds: number): string {
  const until = new Date(deadlineSeconds * 1000).toISOString().slice(11, 19)
  return `${label('locked')}${formatAitbc(wei)} stay in escrow until ${until} UTC, then anybody may refund them`
}

/** Money in a lock of the rollup cannot be recalled. */
export function lockedUntilBlockLine(wei: bigint, lock: number, deadline: number): string {
  return `${label('locked')}${formatAitbc(wei)} stay in lock ${lock} until block ${deadline}; the same command goes on with the job`
}

export function fileLine(file: string): string {
  return `${label('file')}./aitbc receipt verify ${file}`
}

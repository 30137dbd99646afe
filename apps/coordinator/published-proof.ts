// The published verify call names a proof and its public inputs. For a receipt of level V0 the
// proof is the provider's signature, and the inputs are the values that it signs.

import type { ReceiptV2 } from '../../protocol/receipt/receipt-v2.ts'
import { settlementOf } from '../../protocol/receipt/sign-receipt.ts'
import type { Job } from './job-view.ts'

/** Why they do not fit the job's receipt; undefined when they do. '0x' stands for no proof. */
export function wrongProof(job: Job, proof: string, inputs: readonly string[]): string | undefined {
  const receipt = JSON.parse(job.receipt as string) as ReceiptV2
  const signatures = receipt.signatures.filter(({ role }) => role === 'provider')
  if (proof !== '0x' && !signatures.some(({ sig }) => sig === proof.toLowerCase())) {
    return 'the proof is not the provider’s signature of this receipt'
  }
  const { jobId, receiptHash, outputHash, units, amount } = settlementOf(receipt)
  const signed = [jobId, receiptHash, outputHash, units, amount].map((value) => BigInt(value))
  const foreign = inputs.find((input) => !signed.includes(BigInt(input)))
  return foreign === undefined ? undefined : `public input ${foreign} is not part of this receipt`
}

// The bare cost of a transfer, and beside it that of the two signatures of a job, at all
// validators.

import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { GENESIS_KEYS_SEED } from '../../../compute/crypto/genesis-keys.ts'
import { KeyBook, keyBookPublicKeys } from '../../../compute/crypto/key-book.ts'
import type { BenchOptions } from '../../harness/options.ts'
import type { RawCost } from '../../harness/target.ts'
import { rawRollup } from '../rollup/raw-rollup.ts'

const TIMES = 500
/** A lock and a settle. */
const SIGNATURES = 2

function signatureUs(): number {
  const book = new KeyBook(GENESIS_KEYS_SEED, keyBookPublicKeys(GENESIS_KEYS_SEED, 1))
  const digest = new Uint8Array(32).fill(1)
  const signature = book.signTransfer(0, digest)
  const key = book.spendKeyOf(0) as Uint8Array
  const before = process.cpuUsage()
  for (let i = 0; i < TIMES; i++) {
    if (!verifyEd25519Native(key, digest, signature)) throw new Error('the signature does not hold')
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / TIMES
}

export async function rawJobs(options: BenchOptions): Promise<RawCost> {
  const raw = await rawRollup(options)
  const us = Math.round(options.validators * SIGNATURES * signatureUs() * 10) / 10
  return { ...raw, figures: { ...raw.figures, us_signatures_of_a_job: us } }
}

// How many transfers go into one submission at a rate: as many as come in FILL_MS, in whole cohorts
// where a cohort is not too much, so that a transfer waits about as long at any rate.

import { BATCH_TRANSFERS_MAX, COHORT_SIZE } from '../../../../protocol/params.ts'

const FILL_MS = 40
const LEAST = 16

export interface BatchShape {
  /** Senders of one submission, who follow one another. */
  readonly transfers: number
  /** From the first intended time of a submission to its last. */
  readonly fillMs: number
}

export function batchShape(perSecond: number, accounts: number): BatchShape {
  const wanted = (perSecond * FILL_MS) / 1000
  const cohorts = Math.round(wanted / COHORT_SIZE)
  const most = Math.min(BATCH_TRANSFERS_MAX, Math.floor(accounts / COHORT_SIZE) * COHORT_SIZE)
  const transfers =
    cohorts >= 1 && most >= COHORT_SIZE
      ? Math.min(most, cohorts * COHORT_SIZE)
      : Math.min(accounts, COHORT_SIZE, Math.max(LEAST, Math.round(wanted)))
  return { transfers, fillMs: (transfers * 1000) / perSecond }
}

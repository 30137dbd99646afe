// The checks that a file passes one after the other, until one fails: what a reader is shown.

import { RlpError } from '../rlp/rlp.ts'
import { ProofError } from '../trie/trie-proof.ts'

export interface FileCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** True for what a careful reader must know although nothing is wrong. */
  readonly warning?: boolean
}

/** Why a file does not hold. */
export class Invalid extends Error {}

export function invalid(reason: string): never {
  throw new Invalid(reason)
}

/** Runs one check; its text is the detail. What is not encoded or proved as it must be fails it. */
export type Check = (name: string, run: () => string, how?: { readonly warning: true }) => void

export type Checked<T> =
  | { readonly valid: true; readonly value: T; readonly checks: readonly FileCheck[] }
  | { readonly valid: false; readonly reason: string; readonly checks: readonly FileCheck[] }

function isRefusal(error: unknown): error is Error {
  return error instanceof Invalid || error instanceof RlpError || error instanceof ProofError
}

/** Never throws for what a file holds: `work` must do all that depends on it within checks. */
export function runChecks<T>(work: (check: Check) => T): Checked<T> {
  const checks: FileCheck[] = []
  const check: Check = (name, run, how = undefined) => {
    try {
      checks.push({ name, ok: true, ...how, detail: run() })
    } catch (error) {
      if (!isRefusal(error)) throw error
      checks.push({ name, ok: false, detail: error.message })
      throw new Invalid(`${name}: ${error.message}`)
    }
  }
  try {
    return { valid: true, value: work(check), checks }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { valid: false, reason: error.message, checks }
  }
}

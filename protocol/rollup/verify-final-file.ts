// What every file is checked for that shows something of a batch in a final block: its form, its
// place in a claim, the claim's in the block, and that the block is final. Pure: it runs on the
// command line and in a browser.

import type { Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { COSIGN_REFUSALS } from '../errors/cosign-refusals.ts'
import { checkFinality, type FinalityTrust, isTrusting } from '../light/verify-finality.ts'
import { type Check, type FileCheck, invalid, runChecks } from '../receipt/check-list.ts'
import type { Claim } from './claim.ts'
import {
  type FinalFile,
  orderedBy,
  orderedText,
  type ReadFinalFile,
  UNTIL_SETTLED,
} from './final-place.ts'
import type { ReceiptCheck } from './rollup-receipt.ts'

export interface FinalFileTrust extends FinalityTrust {
  readonly hashPairs: HashPairs
}

/** What a valid file says stands under the name of its kind. */
export type FinalFileVerdict<Name extends string, Shown> =
  | ({
      readonly valid: true
      /** False: nothing was given to trust, so the file only agrees with itself. */
      readonly trusted: boolean
      readonly checks: readonly FileCheck[]
    } & { readonly [name in Name]: Shown & ShownPlace })
  | { readonly valid: false; readonly reason: string; readonly checks: readonly FileCheck[] }

/** Where the batch is that holds what is shown. */
export interface ShownPlace {
  readonly shard: number
  /** Number of the batch. */
  readonly batch: number
  readonly claim: Hex
  /** Height of the block that ordered it. */
  readonly height: number
}

/** What one kind of file has of its own. */
export interface FinalFileKind<Name extends string, File extends FinalFile, Shown> {
  /** Of the check that leads to the claim, too. */
  readonly name: Name
  readonly read: (file: Uint8Array | string) => ReadFinalFile<File>
  /** May throw RangeError and RlpError. */
  readonly check: (file: File, hashPairs: HashPairs) => ReceiptCheck
  readonly shown: (file: File, claim: Claim) => Shown
  readonly text: (shown: Shown) => string
}

type Found = Extract<ReceiptCheck, { ok: true }>

/** As a check: the claim that holds what is shown. Throws Invalid, RlpError. */
export function shownClaim(check: () => ReceiptCheck): Found {
  try {
    const checked = check()
    return checked.ok ? checked : invalid(COSIGN_REFUSALS[checked.code])
  } catch (error) {
    if (error instanceof RangeError) return invalid(error.message)
    throw error
  }
}

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyFinalFile<Name extends string, File extends FinalFile, Shown>(
  file: Uint8Array | string,
  trust: FinalFileTrust,
  kind: FinalFileKind<Name, File, Shown>,
): FinalFileVerdict<Name, Shown> {
  const checked = runChecks((check) => verifyParts(file, trust, kind, check))
  if (!checked.valid) return checked
  const { value, checks } = checked
  const shown = { [kind.name]: value } as { readonly [name in Name]: typeof value }
  return { valid: true, trusted: isTrusting(trust), ...shown, checks }
}

function verifyParts<File extends FinalFile, Shown>(
  text: Uint8Array | string,
  trust: FinalFileTrust,
  kind: FinalFileKind<string, File, Shown>,
  check: Check,
): Shown & ShownPlace {
  let read: File | undefined
  check('format', () => {
    const found = kind.read(text)
    if (!found.ok) invalid(found.reason)
    read = found.file
    return read.format
  })
  const file = read as unknown as File
  let inside: { readonly found: Found; readonly shown: Shown } | undefined
  check(kind.name, () => {
    const found = shownClaim(() => kind.check(file, trust.hashPairs))
    const shown = kind.shown(file, found.claim)
    inside = { found, shown }
    return kind.text(shown)
  })
  const { found, shown } = inside as unknown as NonNullable<typeof inside>
  const { claim, hash } = found
  let height = 0
  check('ordering', () => {
    height = orderedBy(file, file.finality.headers[0] as Hex)
    return orderedText(claim, height)
  })
  checkFinality(file.finality, trust, check)
  check('until-settled', () => UNTIL_SETTLED, { warning: true })
  return { ...shown, shard: claim.shard, batch: claim.number, claim: hash, height }
}

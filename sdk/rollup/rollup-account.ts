// The client side of a rollup account. It signs a transfer with the ordinary key, co-signs the root
// of one batch that contains it, and keeps the final receipt. If it does not answer in time its
// ordinary signature travels with the batch; if it crashes, the guard knows what it agreed to.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { type HashPairs, hashPairsNoble } from '../../protocol/crypto/hash-pairs.ts'
import type { CosignRefusal } from '../../protocol/errors/cosign-refusals.ts'
import { EXIT_INDEX, ROLLUP_ACCOUNTS_MAX } from '../../protocol/params.ts'
import { type SignedTransfer, transferDigest } from '../../protocol/rollup/cosign.ts'
import { type FinalView, isVoid } from '../../protocol/rollup/nonce-record.ts'
import { checkReceipt, type RollupReceipt } from '../../protocol/rollup/rollup-receipt.ts'
import { checkOffer, type RootOffer } from './check-offer.ts'
import type { CosignGuard } from './cosign-guard.ts'

export interface RollupAccountKeys {
  /** Ed25519, 64 bytes. */
  sign(digest: Uint8Array): Uint8Array
  /** BLS12-381, 96 bytes. */
  cosign(digest: Uint8Array): Uint8Array
}

export interface RollupAccountOptions {
  readonly index: number
  readonly genesisHash: Hex
  readonly keys: RollupAccountKeys
  readonly guard: CosignGuard
  readonly hashPairs?: HashPairs
}

/**
 * Whether a final block of the base chain orders this claim: by a light client, of the claim's hash
 * in the storage of the rollup module or in a block's sidecar.
 */
export type IsFinalClaim = (shard: number, number: number, hash: Hex) => Promise<boolean>

type Refused = { readonly ok: false; readonly code: CosignRefusal }
export type Submission =
  | { readonly ok: true; readonly transfer: SignedTransfer; readonly signature: Uint8Array }
  | Refused
export type Cosignature = { readonly ok: true; readonly signature: Uint8Array } | Refused
export type Kept = { readonly ok: true; readonly receipt: RollupReceipt } | Refused

const U32_MAX = 0xffff_ffff
const U64_MAX = 2n ** 64n - 1n
const refuse = (code: CosignRefusal): Refused => ({ ok: false, code })
const isU32 = (value: number) => Number.isInteger(value) && value >= 0 && value <= U32_MAX

function isSame(a: SignedTransfer, b: SignedTransfer): boolean {
  const keys = ['from', 'nonce', 'to', 'amount', 'maxFee', 'notAfter'] as const
  return keys.every((key) => a[key] === b[key])
}

export class RollupAccount {
  private readonly options: RollupAccountOptions
  private readonly hashPairs: HashPairs
  /** What is asked at the same time is answered one after the other. */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(options: RollupAccountOptions) {
    this.options = options
    this.hashPairs = options.hashPairs ?? hashPairsNoble
  }

  /**
   * Signs a transfer for the sequencer. The same one is signed as often as it is asked for; another
   * with the same nonce only if `final` shows that nothing signed with it can be executed any more.
   * Rejects only if the guard does.
   */
  submit(terms: Omit<SignedTransfer, 'from'>, final?: FinalView): Promise<Submission> {
    return this.inTurn(async () => {
      const transfer: SignedTransfer = { ...terms, from: this.options.index }
      if (!this.isPossible(transfer)) return refuse('BAD_TRANSFER')
      const { guard, genesisHash, keys } = this.options
      const record = await guard.read(transfer.nonce)
      if (!record || !isSame(record.transfer, transfer)) {
        if (record?.receipt) return refuse('ALREADY_FINAL')
        if (record && !(final && isVoid(record, final))) return refuse('OTHER_TRANSFER')
        await guard.write({ transfer })
      }
      return { ok: true, transfer, signature: keys.sign(transferDigest(genesisHash, transfer)) }
    })
  }

  /**
   * Co-signs the root of a batch, one for each nonce: what is signed is in the guard before the
   * signature exists. The same offer gives the same signature. Rejects only if the guard does.
   */
  cosign(offer: RootOffer): Promise<Cosignature> {
    return this.inTurn(async () => {
      const { guard, genesisHash, keys } = this.options
      if (!isU32(offer.nonce)) return refuse('BAD_OFFER')
      const record = await guard.read(offer.nonce)
      const check = checkOffer(offer, record, genesisHash, this.hashPairs)
      if (!check.ok) return check
      if (record && !check.isRepeated) {
        const { shard, number } = offer
        await guard.write({
          ...record,
          cosigned: { digest: bytesToHex(check.digest), shard, number },
        })
      }
      return { ok: true, signature: keys.cosign(check.digest) }
    })
  }

  /** Checks a receipt and keeps it; the nonce is used up. Rejects if the guard or `isFinal` does. */
  keep(receipt: RollupReceipt, isFinal: IsFinalClaim): Promise<Kept> {
    return this.inTurn(async () => {
      const { guard } = this.options
      if (!isU32(receipt.transfer.nonce)) return refuse('UNKNOWN_TRANSFER')
      const record = await guard.read(receipt.transfer.nonce)
      if (!record) return refuse('UNKNOWN_TRANSFER')
      if (record.receipt) return { ok: true, receipt: record.receipt }
      const mine = { ...receipt, transfer: record.transfer }
      const check = checkReceipt(mine, this.hashPairs)
      if (!check.ok) return check
      const { shard, number } = check.claim
      if (!(await isFinal(shard, number, check.hash))) return refuse('NOT_FINAL')
      await guard.write({ ...record, receipt: mine })
      return { ok: true, receipt: mine }
    })
  }

  private isPossible({ nonce, to, amount, maxFee, notAfter }: SignedTransfer): boolean {
    const isReceiver = isU32(to) && (to < ROLLUP_ACCOUNTS_MAX || to === EXIT_INDEX)
    const isAmount = typeof amount === 'bigint' && amount >= 0n && amount <= U64_MAX
    return isReceiver && isAmount && [nonce, maxFee, notAfter].every(isU32)
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.turn.then(run)
    this.turn = result.catch(() => undefined)
    return result
  }
}

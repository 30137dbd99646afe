// The share of stake that BALANCED needs in the first two epochs. The header of the genesis does
// not say it, but commits to the state that does: it is proved like any word of it.

import { unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import type { Fraction } from '../consensus/epoch-rules.ts'
import { BALANCED } from '../consensus/validator-set.ts'
import { BALANCED_STAKE_SLOT, fractionOf } from '../epoch/epoch-storage.ts'
import { EPOCH_ADDRESS } from '../params.ts'
import { proveAccount, verifyAccount, verifyWord } from '../state/account-proof.ts'
import type { StateTree } from '../state/state-tree.ts'
import { ProofError } from '../trie/trie-proof.ts'

export interface ShareProof {
  /** Trie nodes from the genesis's state root to the account of consensus. */
  readonly account: readonly Uint8Array[]
  /** From that account's storage root to the word. */
  readonly word: readonly Uint8Array[]
}

/** Does it decide, after so many checkpoints from the genesis on? Their own rules count later. */
export function needsShare({ extraData }: Header, checkpoints: number): boolean {
  return checkpoints === 0 && unpackExtraData(extraData)?.mode === BALANCED
}

/** `tree`: the state of the genesis. */
export function proveShare(tree: StateTree): ShareProof {
  const { accountProof, storage } = proveAccount(tree, EPOCH_ADDRESS, [BALANCED_STAKE_SLOT])
  return { account: accountProof, word: storage[0]?.proof ?? [] }
}

/** Throws ProofError. */
export function provenShare({ stateRoot }: Header, { account, word }: ShareProof): Fraction {
  const { storageRoot } = verifyAccount(stateRoot, EPOCH_ADDRESS, account)
  const share = fractionOf(verifyWord(storageRoot, BALANCED_STAKE_SLOT, word))
  if (share.denominator === 0n) throw new ProofError('PROOF_FORM', 'the genesis names no share')
  return share
}

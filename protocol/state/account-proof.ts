// Proofs of the state (EIP-1186): what an account or a storage word is under a block's state root,
// shown by the nodes of the tries, so that nobody who shows it has to be trusted.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { asInteger, decodeRlp, RlpError } from '../rlp/rlp.ts'
import { ProofError, proveKey, verifyProof } from '../trie/trie-proof.ts'
import { type Account, decodeAccount, EMPTY_ACCOUNT } from './account.ts'
import { readAccount, readStorage, type StateTree } from './state-tree.ts'

export interface WordProof {
  readonly slot: Hex
  readonly word: bigint
  readonly proof: Uint8Array[]
}

export interface AccountProof {
  readonly account: Account
  readonly accountProof: Uint8Array[]
  readonly storage: WordProof[]
}

const pathOf = (key: Hex) => keccak(hexToBytes(key))

/** Proofs of an account and of some of its words; of those that are not there, their absence. */
export function proveAccount(tree: StateTree, address: Hex, slots: readonly Hex[]): AccountProof {
  const trie = tree.storages.get(address)
  return {
    account: readAccount(tree, address),
    accountProof: proveKey(tree.accounts, pathOf(address)),
    storage: slots.map((slot) => ({
      slot,
      word: readStorage(tree, address, slot),
      proof: proveKey(trie, pathOf(slot)),
    })),
  }
}

/** The form of a value that the proof leads to is as little trusted as the proof. */
function read<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T): T {
  try {
    return decode(bytes)
  } catch (error) {
    if (error instanceof RlpError) throw new ProofError('PROOF_FORM', error.message)
    throw error
  }
}

/** The account under a state root; EMPTY_ACCOUNT when there is none. Throws ProofError. */
export function verifyAccount(stateRoot: Hex, address: Hex, proof: readonly Uint8Array[]): Account {
  const bytes = verifyProof(stateRoot, pathOf(address), proof)
  return bytes ? read(bytes, decodeAccount) : EMPTY_ACCOUNT
}

/** The word in a slot under an account's storage root; 0 when there is none. Throws ProofError. */
export function verifyWord(storageRoot: Hex, slot: Hex, proof: readonly Uint8Array[]): bigint {
  const bytes = verifyProof(storageRoot, pathOf(slot), proof)
  return bytes ? read(bytes, (encoded) => asInteger(decodeRlp(encoded))) : 0n
}

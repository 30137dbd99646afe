// eth_getProof (EIP-1186): an account and some of its storage, with the nodes of the tries that
// prove them under a state root. The block is named too: `latest` alone does not say whose it is.

import { PROOF_SLOTS_MAX } from '../../../../config/limits.ts'
import { bytesToHex, type Hex } from '../../../../lib/hex.ts'
import { blockOfState, heightOf, requireLatest, stateNotKept } from '../../block-param.ts'
import { method } from '../../method.ts'
import { address, type Param, slot } from '../../params.ts'
import { quantity } from '../../quantity.ts'

interface Key {
  /** As the client wrote it. */
  readonly given: string
  readonly slot: Hex
}

const keys: Param<readonly Key[]> = {
  expects: `a list of at most ${PROOF_SLOTS_MAX} storage slots (0x and up to 64 hex digits each)`,
  read: (value) => {
    if (!Array.isArray(value) || value.length > PROOF_SLOTS_MAX) return undefined
    const read = value.map((given) => ({ given, slot: slot.read(given) }))
    return read.every((key): key is Key => key.slot !== undefined) ? read : undefined
  },
}

export const getProof = method(
  'eth_getProof',
  [address, keys, blockOfState],
  async ({ chain }, account, wanted, ref) => {
    await requireLatest(chain, ref)
    const slots = wanted.map((key) => key.slot)
    const proof = await chain.proof(account, slots)
    if (ref.by !== 'tag' || ref.tag === 'finalized') {
      // The next block may have become final since it was the latest.
      const height = await heightOf(chain, ref)
      if (height !== proof.height) throw stateNotKept(height as number)
    }
    const { nonce, balance, storageRoot, codeHash } = proof.account
    return {
      address: account,
      accountProof: proof.accountProof.map(bytesToHex),
      balance: quantity(balance),
      codeHash,
      nonce: quantity(nonce),
      storageHash: storageRoot,
      storageProof: proof.storage.map(({ word, proof: nodes }, i) => ({
        key: wanted[i]?.given,
        value: quantity(word),
        proof: nodes.map(bytesToHex),
      })),
      blockNumber: quantity(proof.height),
      blockHash: proof.hash,
    }
  },
)

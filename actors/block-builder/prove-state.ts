// Merkle proofs of the state after the last final block: only the block-builder holds its tries.

import type { Hex } from '../../lib/hex.ts'
import { proveAccount } from '../../protocol/state/account-proof.ts'
import type { Bench } from './bench.ts'

interface Wanted {
  readonly address: Hex
  readonly slots: readonly Hex[]
}

export function proveState({ speculation }: Bench, { address, slots }: Wanted) {
  const { block, tree } = speculation.final
  const { account, accountProof, storage } = proveAccount(tree, address, slots)
  return {
    height: block.header.height,
    hash: block.hash,
    account,
    accountProof,
    storage: storage.map(({ word, proof }) => ({ word, proof })),
  }
}

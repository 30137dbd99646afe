// Header fields that Ethereum's shape has and this chain does not use: always the same.

import { EMPTY_ROOT } from '../trie/trie.ts'
import type { Header } from './header.ts'

export const FIXED_FIELDS = {
  /** keccak256(rlp([])). */
  ommersHash: '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347',
  difficulty: 0n,
  nonce: '0x0000000000000000',
  withdrawalsRoot: EMPTY_ROOT,
  blobGasUsed: 0,
  excessBlobGas: 0,
  /** SHA-256 of no requests (EIP-7685). */
  requestsHash: '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
} as const satisfies Partial<Header>

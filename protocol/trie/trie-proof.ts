// Merkle proofs: the encoded nodes from the root to a key, in order. Nodes shorter than 32 bytes
// are inside their parents and not listed (as eth_getProof does); the empty trie's proof is empty.

import { equalBytes } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { asBytes, asList, decodeRlp, RlpError, type RlpItem } from '../rlp/rlp.ts'
import { commonPrefix, expandPath, toNibbles } from './nibbles.ts'
import { EMPTY_ROOT, type Trie } from './trie.ts'
import { encodeNode } from './trie-node.ts'

export function proveKey(trie: Trie, key: Uint8Array): Uint8Array[] {
  const proof: Uint8Array[] = []
  let path = toNibbles(key)
  let node = trie
  while (node) {
    const encoded = encodeNode(node)
    if (encoded.length >= 32 || proof.length === 0) proof.push(encoded)
    if (node.kind === 'leaf') break
    if (node.kind === 'branch') {
      if (path.length === 0) break
      node = node.children[path[0] as number]
      path = path.subarray(1)
    } else {
      if (commonPrefix(node.path, path) < node.path.length) break
      path = path.subarray(node.path.length)
      node = node.child
    }
  }
  return proof
}

export type ProofCode =
  /** A node that the path leads to is missing. */
  | 'PROOF_SHORT'
  /** Nodes that the path does not lead to. */
  | 'PROOF_LONG'
  /** A node is not the one that its parent, or the root, names. */
  | 'PROOF_HASH'
  /** A node that no trie has. */
  | 'PROOF_FORM'

export class ProofError extends Error {
  override readonly name = 'ProofError'
  readonly code: ProofCode
  constructor(code: ProofCode, message: string) {
    super(message)
    this.code = code
  }
}

interface Step {
  readonly item: RlpItem | undefined
  readonly path: Uint8Array
  readonly value: Uint8Array | undefined
  readonly done: boolean
}

function walk(node: RlpItem[], path: Uint8Array): Step {
  if (node.length === 17) {
    if (path.length === 0) {
      const value = asBytes(node[16])
      return { item: undefined, path, value: value.length ? value : undefined, done: true }
    }
    const item = node[path[0] as number]
    const empty = item instanceof Uint8Array && item.length === 0
    return { item, path: path.subarray(1), value: undefined, done: empty }
  }
  if (node.length !== 2) throw new ProofError('PROOF_FORM', 'a node has neither 2 nor 17 items')
  const compact = expandPath(asBytes(node[0]))
  if (!compact) throw new ProofError('PROOF_FORM', 'a path is not canonical')
  const shared = commonPrefix(compact.path, path)
  if (compact.isLeaf) {
    const found = shared === path.length && shared === compact.path.length
    return { item: undefined, path, value: found ? asBytes(node[1]) : undefined, done: true }
  }
  if (shared < compact.path.length) return { item: undefined, path, value: undefined, done: true }
  return { item: node[1], path: path.subarray(shared), value: undefined, done: false }
}

/**
 * The value at `key` under `root`, or undefined when the proof shows that there is none. Throws
 * ProofError for anything that proves neither.
 */
export function verifyProof(
  root: Hex,
  key: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (root === EMPTY_ROOT && proof.length === 0) return undefined
  let expected: RlpItem = hexToBytes(root)
  let path = toNibbles(key)
  let used = 0
  try {
    for (;;) {
      let node: RlpItem[]
      if (expected instanceof Uint8Array) {
        const encoded = proof[used++]
        if (!encoded) throw new ProofError('PROOF_SHORT', 'the proof ends too early')
        if (!equalBytes(keccak(encoded), expected)) {
          throw new ProofError('PROOF_HASH', 'a node has another hash')
        }
        node = asList(decodeRlp(encoded))
      } else node = expected
      const step = walk(node, path)
      if (step.done) {
        if (used !== proof.length) {
          throw new ProofError('PROOF_LONG', 'the proof has nodes that are not needed')
        }
        return step.value
      }
      expected = step.item as RlpItem
      path = step.path
    }
  } catch (error) {
    if (error instanceof RlpError) throw new ProofError('PROOF_FORM', error.message)
    throw error
  }
}

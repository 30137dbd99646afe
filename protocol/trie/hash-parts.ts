// The root of a large trie without one long turn: its parts are hashed one by one, and what is left
// for the root itself is little.

import type { Trie } from './trie.ts'
import { rootHash } from './trie-node.ts'

/** Yields after each of up to 256 parts, of nearly the same size; then `trieRoot` is quick. */
export function* hashParts(trie: Trie): Generator<void, void> {
  if (trie?.kind !== 'branch') return
  for (const child of trie.children) {
    if (child?.kind !== 'branch') continue
    for (const part of child.children) {
      if (!part) continue
      rootHash(part)
      yield
    }
  }
}

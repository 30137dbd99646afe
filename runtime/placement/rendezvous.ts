// Rendezvous hashing: which member of a group a key belongs to, found by every host on its own. A
// member that leaves gives up its own keys only, one that joins takes only what it wins.
// D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", 1998.

import { assert } from '../../lib/assert.ts'

/** FNV-1a over UTF-16 units, then the finaliser of MurmurHash3: 32 bits that any two differ in. */
function hash(text: string, seed: number): number {
  let h = seed >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x0100_0193)
  h ^= h >>> 16
  h = Math.imul(h, 0x85eb_ca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const OFFSET_BASIS = 0x811c_9dc5

/** How strongly `member` claims `key`. */
function claim(key: string, member: string): number {
  return hash(key, hash(member, OFFSET_BASIS))
}

/**
 * The member that `key` belongs to. The order of `members` does not matter; among equal claims the
 * smaller name wins. There must be a member.
 */
export function rendezvous(key: string, members: readonly string[]): string {
  let best: string | undefined
  let bestClaim = -1
  for (const member of members) {
    const its = claim(key, member)
    if (its > bestClaim || (its === bestClaim && member < (best as string))) {
      best = member
      bestClaim = its
    }
  }
  assert(best !== undefined, 'a key needs a member to belong to')
  return best
}

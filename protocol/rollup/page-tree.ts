// The SHA-256 tree over an account table. Only what lies above pages of 64 records is stored; a
// page that changed is hashed again from its records, many pages in one call. Hashing a whole page
// for one changed record costs little: where receivers are random, nearly all pages change anyway.

import { assert } from '../../lib/assert.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { PAGE_RECORDS, RECORD_BYTES } from '../params.ts'
import { type AccountTable, PAGE_BITS, RECORD_WORDS, UNHASHED } from './account-table.ts'
import { NODE_BYTES, zeroNode } from './zero-nodes.ts'

const NODE_WORDS = NODE_BYTES / 4
const PAGE_BYTES = PAGE_RECORDS * RECORD_BYTES
const PAGE_WORDS = PAGE_BYTES / 4
/** Pages in one round of hashing: 256 KiB, so that the levels between stay in the cache. */
const CHUNK_PAGES = 128
const UNHASHED_WORD = UNHASHED * 0x01010101

/** Nodes of one level over the whole table, as words and as bytes. */
interface Level {
  readonly words: Uint32Array
  readonly bytes: Uint8Array
}

function emptyLevel(nodes: number, depth: number): Level {
  const bytes = new Uint8Array(nodes * NODE_BYTES)
  bytes.set(zeroNode(depth))
  for (let done = NODE_BYTES; done < bytes.length; done *= 2) bytes.copyWithin(done, 0, done)
  return { bytes, words: new Uint32Array(bytes.buffer) }
}

/** One tree to a table: it takes the marks of changed pages away. */
export class PageTree {
  private readonly table: AccountTable
  /** Level 0 are the pages' roots. */
  private levels: Level[] = []
  private readonly scratch = [new Uint32Array(CHUNK_PAGES * PAGE_WORDS), new Uint32Array(0)]
  private readonly buffers: Uint8Array[]
  private changed: Uint32Array = new Uint32Array(0)

  constructor(table: AccountTable) {
    this.table = table
    this.scratch[1] = new Uint32Array((CHUNK_PAGES * PAGE_WORDS) / 2)
    this.buffers = this.scratch.map((words) => new Uint8Array(words.buffer))
    this.fit()
    // Whoever hashed these pages before, it was not this tree. All that the root is over, not only
    // what is used: a table that a liar published may have records anywhere.
    const pages = 2 ** table.depth / PAGE_RECORDS
    for (let page = 0; page < pages; page++)
      table.stale[page] = (table.stale[page] as number) | UNHASHED
  }

  /** Root over the records padded to 2^table.depth. */
  root(hashPairs: HashPairs): Uint8Array {
    this.refresh(hashPairs, Number.POSITIVE_INFINITY)
    return this.node(this.table.depth - PAGE_BITS, 0).slice()
  }

  /** Hashes up to `pagesMax` changed pages. True when none is left: the root then costs nothing. */
  refresh(hashPairs: HashPairs, pagesMax: number): boolean {
    this.fit()
    const count = this.collect(pagesMax)
    for (let first = 0; first < count; first += CHUNK_PAGES) {
      this.hashPages(hashPairs, first, Math.min(CHUNK_PAGES, count - first))
    }
    this.hashParents(hashPairs, count)
    return count < pagesMax
  }

  /** Sibling nodes of a record from the bottom up, for the tree of 2^table.depth leaves. */
  proof(slot: number, hashPairs: HashPairs): Uint8Array {
    const { table } = this
    assert(this.refresh(hashPairs, Number.POSITIVE_INFINITY), 'all pages are hashed')
    assert(slot < 2 ** table.depth, 'no such slot')
    const siblings = new Uint8Array(table.depth * NODE_BYTES)
    const page = slot >>> PAGE_BITS
    let nodes = new Uint8Array(PAGE_BYTES)
    nodes.set(new Uint8Array(table.buffer, page * PAGE_BYTES, PAGE_BYTES))
    for (let depth = 0; depth < PAGE_BITS; depth++) {
      const at = (((slot & (PAGE_RECORDS - 1)) >>> depth) ^ 1) * NODE_BYTES
      siblings.set(nodes.subarray(at, at + NODE_BYTES), depth * NODE_BYTES)
      const above = new Uint8Array(nodes.length / 2)
      hashPairs(nodes, above)
      nodes = above
    }
    for (let depth = PAGE_BITS; depth < table.depth; depth++) {
      siblings.set(this.node(depth - PAGE_BITS, (slot >>> depth) ^ 1), depth * NODE_BYTES)
    }
    return siblings
  }

  private node(level: number, position: number): Uint8Array {
    const { bytes } = this.levels[level] as Level
    return bytes.subarray(position * NODE_BYTES, (position + 1) * NODE_BYTES)
  }

  /** One level for each halving of the table's pages; pages never written are zero. */
  private fit(): void {
    const pages = this.table.slots >>> PAGE_BITS
    if (this.changed.length === pages) return
    const before = this.levels
    this.levels = []
    for (let nodes = pages, level = 0; nodes >= 1; nodes /= 2, level++) {
      const fresh = emptyLevel(nodes, PAGE_BITS + level)
      fresh.bytes.set(before[level]?.bytes ?? [])
      this.levels.push(fresh)
    }
    this.changed = new Uint32Array(pages)
    this.growTop(before.length)
  }

  /** What stood at the top of the smaller tree stays right; nodes above it are made by a page. */
  private growTop(levelsBefore: number): void {
    if (levelsBefore > 0) this.table.stale[0] = (this.table.stale[0] as number) | UNHASHED
  }

  /** Lists pages that are not hashed, in rising order, and marks them as hashed. */
  private collect(pagesMax: number): number {
    const { changed } = this
    const { stale } = this.table
    const fours = new Uint32Array(stale.buffer, stale.byteOffset, stale.length / 4)
    let count = 0
    for (let i = 0; i < fours.length && count < pagesMax; i++) {
      if (((fours[i] as number) & UNHASHED_WORD) === 0) continue
      for (let page = 4 * i; page < 4 * i + 4 && count < pagesMax; page++) {
        const bits = stale[page] as number
        if ((bits & UNHASHED) === 0) continue
        stale[page] = bits & ~UNHASHED
        changed[count++] = page
      }
    }
    return count
  }

  private hashPages(hashPairs: HashPairs, first: number, count: number): void {
    const { changed, buffers, table } = this
    let input = this.pagesAsOne(first, count)
    let side = 1
    for (let bytes = count * PAGE_BYTES; bytes > count * NODE_BYTES; bytes /= 2) {
      const output = buffers[side] as Uint8Array
      hashPairs(
        input.length === bytes ? input : input.subarray(0, bytes),
        output.subarray(0, bytes / 2),
      )
      input = output
      side ^= 1
    }
    const roots = this.scratch[side ^ 1] as Uint32Array
    const { words } = this.levels[0] as Level
    for (let i = 0; i < count; i++) {
      const to = (changed[first + i] as number) * NODE_WORDS
      for (let word = 0; word < NODE_WORDS; word++) {
        words[to + word] = roots[i * NODE_WORDS + word] as number
      }
    }
    assert(table.slots === changed.length * PAGE_RECORDS, 'the table did not grow meanwhile')
  }

  /** The records of listed pages: in place where they lie side by side, else gathered. */
  private pagesAsOne(first: number, count: number): Uint8Array {
    const { changed, table } = this
    const page = changed[first] as number
    if ((changed[first + count - 1] as number) - page === count - 1) {
      return new Uint8Array(table.buffer, page * PAGE_BYTES, count * PAGE_BYTES)
    }
    const gathered = this.scratch[0] as Uint32Array
    for (let i = 0; i < count; i++) {
      const from = (changed[first + i] as number) * PAGE_WORDS
      gathered.set(table.words.subarray(from, from + PAGE_WORDS), i * PAGE_WORDS)
    }
    return this.buffers[0] as Uint8Array
  }

  private hashParents(hashPairs: HashPairs, pages: number): void {
    const { changed, levels } = this
    let count = pages
    for (let level = 1; level < levels.length; level++) {
      let parents = 0
      for (let i = 0; i < count; i++) {
        const parent = (changed[i] as number) >>> 1
        if (parents === 0 || changed[parents - 1] !== parent) changed[parents++] = parent
      }
      count = parents
      const below = levels[level - 1] as Level
      const above = levels[level] as Level
      // A level that changed for the most part is hashed whole, without gathering.
      if (4 * count > above.words.length / NODE_WORDS) hashPairs(below.bytes, above.bytes)
      else this.hashListed(hashPairs, below.words, above.words, count)
    }
  }

  private hashListed(hash: HashPairs, below: Uint32Array, above: Uint32Array, count: number): void {
    const { changed } = this
    const [pairs, hashes] = this.scratch as [Uint32Array, Uint32Array]
    const [input, output] = this.buffers as [Uint8Array, Uint8Array]
    const most = pairs.length / (2 * NODE_WORDS)
    for (let first = 0; first < count; first += most) {
      const n = Math.min(most, count - first)
      for (let i = 0; i < n; i++) {
        const from = (changed[first + i] as number) * 2 * NODE_WORDS
        for (let word = 0; word < 2 * NODE_WORDS; word++) {
          pairs[i * 2 * NODE_WORDS + word] = below[from + word] as number
        }
      }
      hash(input.subarray(0, 2 * n * NODE_BYTES), output.subarray(0, n * NODE_BYTES))
      for (let i = 0; i < n; i++) {
        const to = (changed[first + i] as number) * NODE_WORDS
        for (let word = 0; word < NODE_WORDS; word++) {
          above[to + word] = hashes[i * NODE_WORDS + word] as number
        }
      }
    }
  }
}

assert(RECORD_WORDS === NODE_WORDS, 'a record is a node of the tree')

// Ethereum's Merkle-Patricia trie (Yellow Paper, appendix D), immutable: an update makes a new root
// and shares everything that did not change, so speculative blocks cost only what they touch.

import { equalBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { commonPrefix, toNibbles } from './nibbles.ts'
import {
  type Branch,
  type Extension,
  type Leaf,
  rootHash,
  type TrieNode,
  type TrieValue,
  valueBytes,
} from './trie-node.ts'

/** The empty trie is undefined. */
export type Trie = TrieNode | undefined

const EMPTY_ITEM = new Uint8Array(0)
export const EMPTY_ROOT: Hex = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'

export function trieRoot(trie: Trie): Hex {
  return trie ? bytesToHex(rootHash(trie)) : EMPTY_ROOT
}

/**
 * A node's own piece of a path. PERF: a copy of up to 64 bytes lies in the engine's heap. A view
 * would move the whole path out of it; an account is 1,190 bytes of memory instead of 1,300.
 */
function part(path: Uint8Array, from: number, to = path.length): Uint8Array {
  const piece = new Uint8Array(to - from)
  for (let i = from; i < to; i++) piece[i - from] = path[i] as number
  return piece
}

/** How far a node's path agrees with the key's, from the nibble `at`. */
function agree(nodePath: Uint8Array, path: Uint8Array, at: number): number {
  const most = Math.min(nodePath.length, path.length - at)
  let i = 0
  while (i < most && nodePath[i] === path[at + i]) i++
  return i
}

export function trieGet(trie: Trie, key: Uint8Array): Uint8Array | undefined {
  const value = trieFind(trie, toNibbles(key))?.value
  return value && valueBytes(value)
}

/** The leaf, or a branch at which the path ends. `path` is the key in half-bytes. */
export function trieFind(trie: Trie, path: Uint8Array): (Leaf | Branch) | undefined {
  let node = trie
  let at = 0
  while (node) {
    if (node.kind === 'branch') {
      if (at === path.length) return node
      node = node.children[path[at++] as number]
      continue
    }
    const { length } = node.path
    if (agree(node.path, path, at) < length) return undefined
    at += length
    if (node.kind === 'leaf') return at === path.length ? node : undefined
    node = node.child
  }
  return undefined
}

/** An empty value deletes the key. */
export function trieSet(trie: Trie, key: Uint8Array, value: Uint8Array): Trie {
  return new TrieBatch(trie).set(key, value).trie
}

/**
 * Many updates at once. PERF: a branch that the batch made itself is nobody else's yet and is
 * changed in place, so that a thousand keys copy a branch once and not a thousand times. The tries
 * before and after never share a branch that changes: `trie` ends what the batch may change.
 */
export class TrieBatch {
  private root: Trie
  private maker = {}

  constructor(trie: Trie) {
    this.root = trie
  }

  /** An empty value deletes the key. */
  set(key: Uint8Array, value: Uint8Array): this {
    return this.setPath(toNibbles(key), value.length === 0 ? undefined : value)
  }

  /** The same with the key in half-bytes, which are kept; undefined deletes. */
  setPath(path: Uint8Array, value: TrieValue | undefined): this {
    this.root = value ? this.insert(this.root, path, 0, value) : remove(this.root, path)
    return this
  }

  get trie(): Trie {
    this.maker = {}
    return this.root
  }

  /** PERF: nibbles before `at` are walked already; slicing the path at every level costs more. */
  private insert(node: Trie, path: Uint8Array, at: number, value: TrieValue): TrieNode {
    if (!node) return leaf(part(path, at), value)
    if (node.kind === 'branch') return this.insertBranch(node, path, at, value)
    const shared = agree(node.path, path, at)
    if (shared === node.path.length) {
      if (node.kind === 'extension') {
        const child = this.insertBranch(node.child, path, at + shared, value)
        return extension(node.path, child)
      }
      if (at + shared === path.length) return leaf(node.path, value)
    }
    return split(node, shared, path, at, value)
  }

  private insertBranch(node: Branch, path: Uint8Array, at: number, value: TrieValue): Branch {
    if (at === path.length) {
      return branch(node.children.slice(), value, this.maker)
    }
    const nibble = path[at] as number
    const child = this.insert(node.children[nibble], path, at + 1, value)
    if (node.maker === this.maker) {
      ;(node.children as (TrieNode | undefined)[])[nibble] = child
      return node
    }
    const children = node.children.slice()
    children[nibble] = child
    return branch(children, node.value, this.maker)
  }
}

/** PERF: every node of a kind has the same shape from the start. */
export function leaf(path: Uint8Array, value: TrieValue): Leaf {
  return { kind: 'leaf', path, value, reference: undefined }
}

function extension(path: Uint8Array, child: Branch): Extension {
  return { kind: 'extension', path, child, reference: undefined }
}

export function branch(
  children: readonly (TrieNode | undefined)[],
  value: TrieValue | undefined,
  maker?: object,
): Branch {
  return { kind: 'branch', children, value, maker, reference: undefined }
}

export function withPrefix(path: Uint8Array, child: Branch): TrieNode {
  return path.length === 0 ? child : extension(path, child)
}

/** A leaf or extension whose path parts from the key's after `shared` nibbles from `at` on. */
function split(
  node: Leaf | Extension,
  shared: number,
  path: Uint8Array,
  at: number,
  value: TrieValue,
): TrieNode {
  const children: (TrieNode | undefined)[] = new Array(16).fill(undefined)
  let own: TrieValue | undefined
  const first = node.path[shared]
  if (node.kind === 'extension') {
    children[first as number] = withPrefix(part(node.path, shared + 1), node.child)
  } else if (first === undefined) own = node.value
  else children[first] = leaf(part(node.path, shared + 1), node.value)
  const added = path[at + shared]
  if (added === undefined) own = value
  else children[added] = leaf(part(path, at + shared + 1), value)
  return withPrefix(part(node.path, 0, shared), branch(children, own))
}

function remove(node: Trie, path: Uint8Array): Trie {
  if (!node) return undefined
  if (node.kind === 'leaf') return equalBytes(node.path, path) ? undefined : node
  if (node.kind === 'extension') {
    if (commonPrefix(node.path, path) < node.path.length) return node
    const child = remove(node.child, path.subarray(node.path.length))
    return child === node.child ? node : child && joinPath(node.path, child)
  }
  if (path.length === 0) {
    return node.value ? collapse(branch(node.children, undefined)) : node
  }
  const at = path[0] as number
  const before = node.children[at]
  const after = remove(before, path.subarray(1))
  if (after === before) return node
  const children = [...node.children]
  children[at] = after
  return collapse(branch(children, node.value))
}

function joinPath(path: Uint8Array, child: TrieNode): TrieNode {
  if (child.kind === 'branch') return withPrefix(path, child)
  const joined = new Uint8Array(path.length + child.path.length)
  joined.set(path)
  joined.set(child.path, path.length)
  if (child.kind === 'leaf') return leaf(joined, child.value)
  return extension(joined, child.child)
}

/** A branch with one thing left in it becomes that thing. */
function collapse(node: Branch): Trie {
  const filled: number[] = []
  for (const [i, child] of node.children.entries()) if (child) filled.push(i)
  if (filled.length === 0) return node.value ? leaf(EMPTY_ITEM, node.value) : undefined
  if (filled.length > 1 || node.value) return node
  const at = filled[0] as number
  return joinPath(Uint8Array.of(at), node.children[at] as TrieNode)
}

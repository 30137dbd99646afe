// The nodes of a Merkle-Patricia trie and their encoding (Yellow Paper, appendix D). A node's
// reference is computed once, when first asked for; its encoding is not kept, because a state of a
// million accounts would hold every node twice.

import type { ByteSlab } from '../../lib/byte-slab.ts'
import { keccak } from '../crypto/keccak.ts'

/**
 * A value that is kept as what it means and encoded where it is hashed. PERF: encoded, an account
 * would be above the 64 bytes that the engine keeps in its own memory.
 */
export interface LateValue {
  /** Of the encoding: 2 to 2^32 - 1 bytes. */
  byteSize(): number
  /** Writes the encoding. */
  write(out: Uint8Array, at: number): void
}

export type TrieValue = Uint8Array | LateValue

interface Cached {
  /** How a parent refers to this node: its hash, or its encoding when that is below 32 bytes. */
  reference: Uint8Array | undefined
}

export interface Leaf extends Cached {
  readonly kind: 'leaf'
  readonly path: Uint8Array
  readonly value: TrieValue
}

export interface Extension extends Cached {
  readonly kind: 'extension'
  readonly path: Uint8Array
  readonly child: Branch
}

export interface Branch extends Cached {
  readonly kind: 'branch'
  readonly children: readonly (TrieNode | undefined)[]
  readonly value: TrieValue | undefined
  /** The batch that made it and may still change it (trie.ts). */
  readonly maker: object | undefined
}

export type TrieNode = Leaf | Extension | Branch

const HASH_BYTES = 32
const EMPTY = new Uint8Array(0)

function sizeOfLength(length: number): number {
  if (length < 56) return 1
  if (length < 0x100) return 2
  if (length < 0x10000) return 3
  return length < 0x1000000 ? 4 : 5
}

/** The encoding; `slab` is where one that has to be made goes. */
export function valueBytes(value: TrieValue, slab?: ByteSlab): Uint8Array {
  if (value instanceof Uint8Array) return value
  const size = value.byteSize()
  const bytes = slab ? slab.take(size) : new Uint8Array(size)
  value.write(bytes, 0)
  return bytes
}

function valueSize(value: TrieValue): number {
  if (value instanceof Uint8Array) return stringSize(value)
  const size = value.byteSize()
  return sizeOfLength(size) + size
}

function writeValue(out: Uint8Array, at: number, value: TrieValue): number {
  if (value instanceof Uint8Array) return writeString(out, at, value)
  const size = value.byteSize()
  const start = writeHead(out, at, 0x80, size)
  value.write(out, start)
  return start + size
}

function stringSize(bytes: Uint8Array): number {
  const { length } = bytes
  return length === 1 && (bytes[0] as number) < 0x80 ? 1 : sizeOfLength(length) + length
}

function writeHead(out: Uint8Array, at: number, offset: number, length: number): number {
  const size = sizeOfLength(length) - 1
  out[at] = size === 0 ? offset + length : offset + 55 + size
  for (let i = size, rest = length; i > 0; i--, rest = Math.floor(rest / 256)) out[at + i] = rest
  return at + 1 + size
}

/** PERF: a call of `set` costs more than a hash's 32 bytes by hand. */
function copy(out: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes
  if (length > 48) out.set(bytes, at)
  else for (let i = 0; i < length; i++) out[at + i] = bytes[i] as number
  return at + length
}

function writeString(out: Uint8Array, at: number, bytes: Uint8Array): number {
  const isItself = bytes.length === 1 && (bytes[0] as number) < 0x80
  return copy(out, isItself ? at : writeHead(out, at, 0x80, bytes.length), bytes)
}

function referenceSize(reference: Uint8Array): number {
  return reference.length === HASH_BYTES ? HASH_BYTES + 1 : reference.length
}

function writeReference(out: Uint8Array, at: number, reference: Uint8Array): number {
  if (reference.length !== HASH_BYTES) return copy(out, at, reference)
  out[at] = 0x80 + HASH_BYTES
  return copy(out, at + 1, reference)
}

/**
 * PERF: nodes are encoded here and hashed where they lie, because an array above 64 bytes is memory
 * of its own for the engine. References of children are made before a node's first byte is written.
 */
let scratch = new Uint8Array(4096)

/** Where the items of a list of this size go. */
function openList(size: number): number {
  const length = sizeOfLength(size) + size
  if (length > scratch.length) scratch = new Uint8Array(2 * length)
  return writeHead(scratch, 0, 0xc0, size)
}

/** Each returns where the encoding ends. */
function writeBranch({ children, value = EMPTY }: Branch): number {
  let size = valueSize(value)
  for (const child of children) size += child ? referenceSize(referenceOf(child)) : 1
  let at = openList(size)
  for (const child of children) {
    if (child) at = writeReference(scratch, at, referenceOf(child))
    else scratch[at++] = 0x80
  }
  return writeValue(scratch, at, value)
}

/** The path in its compact form (appendix C), and what it leads to. */
function writeShort(node: Leaf | Extension): number {
  const { path } = node
  const isLeaf = node.kind === 'leaf'
  const odd = path.length % 2
  const compact = 1 + (path.length - odd) / 2
  const reference = isLeaf ? EMPTY : referenceOf(node.child)
  const pathSize = compact === 1 ? 1 : 1 + compact
  let at = openList(pathSize + (isLeaf ? valueSize(node.value) : referenceSize(reference)))
  if (compact > 1) scratch[at++] = 0x80 + compact
  scratch[at++] = (isLeaf ? 0x20 : 0) + (odd ? 0x10 + (path[0] as number) : 0)
  for (let i = odd; i < path.length; i += 2) {
    scratch[at++] = (path[i] as number) * 16 + (path[i + 1] as number)
  }
  return isLeaf ? writeValue(scratch, at, node.value) : writeReference(scratch, at, reference)
}

function write(node: TrieNode): number {
  return node.kind === 'branch' ? writeBranch(node) : writeShort(node)
}

export function encodeNode(node: TrieNode): Uint8Array {
  const length = write(node)
  return scratch.slice(0, length)
}

function referenceOf(node: TrieNode): Uint8Array {
  if (!node.reference) {
    const length = write(node)
    node.reference =
      length < HASH_BYTES ? scratch.slice(0, length) : keccak(scratch.subarray(0, length))
  }
  return node.reference
}

/** The hash of a root, however short its encoding is. */
export function rootHash(node: TrieNode): Uint8Array {
  const reference = referenceOf(node)
  return reference.length === HASH_BYTES ? reference : keccak(reference)
}

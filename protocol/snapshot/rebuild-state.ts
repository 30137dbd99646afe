// The state's root from the chunks of a snapshot, taken one after the other. Rows are not believed:
// order, storage roots and the state root are all computed here.

import { compareBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { RlpError } from '../rlp/rlp.ts'
import { decodeAccount } from '../state/account.ts'
import { hashParts } from '../trie/hash-parts.ts'
import { EMPTY_ROOT, TrieBatch, trieRoot } from '../trie/trie.ts'
import { readBlockChunk } from './block-chunk.ts'
import { checkChunk } from './check-chunk.ts'
import type { SnapshotManifest } from './snapshot-manifest.ts'
import { refuse, type SnapshotVerdict } from './snapshot-refusal.ts'
import { decodeStateChunk, type SnapshotAccount, type SnapshotSlot } from './state-chunk.ts'

/** The account whose slots may still come. */
interface Open {
  readonly address: Uint8Array
  readonly storageRoot: Hex
  /** Undefined before its first slot. */
  storage: TrieBatch | undefined
  lastSlot: Uint8Array | undefined
}

const OK: SnapshotVerdict = { ok: true }

export class StateRebuild {
  private readonly manifest: SnapshotManifest
  private next = 0
  private readonly trie = new TrieBatch(undefined)
  private open: Open | undefined
  private accounts = 0
  private slots = 0

  constructor(manifest: SnapshotManifest) {
    this.manifest = manifest
  }

  /** The chunks in order, chunk 0 first. */
  add(bytes: Uint8Array): SnapshotVerdict {
    const index = this.next++
    const hashed = checkChunk(this.manifest, index, bytes)
    if (!hashed.ok) return hashed
    if (index === 0) {
      const block = readBlockChunk(this.manifest, bytes)
      return block.ok ? OK : block
    }
    try {
      const chunk = decodeStateChunk(bytes)
      if (chunk.index !== index) {
        return refuse('CHUNK_ORDER', `chunk ${index} says that it is ${chunk.index}`, index)
      }
      for (const account of chunk.accounts) {
        const verdict = this.take(account, index)
        if (!verdict.ok) return verdict
      }
      return OK
    } catch (error) {
      if (error instanceof RlpError) return refuse('BAD_CHUNK', error.message, index)
      throw error
    }
  }

  /** After all chunks. Yields now and then: the root of a large state takes seconds. */
  *end(): Generator<void, SnapshotVerdict> {
    const { manifest, next } = this
    if (next < manifest.chunks.length) return refuse('CHUNK_MISSING', `chunk ${next}`, next)
    const closed = this.close(next - 1)
    if (!closed.ok) return closed
    if (this.accounts !== manifest.accounts || this.slots !== manifest.slots) {
      const found = `${this.accounts} accounts and ${this.slots} slots`
      return refuse('WRONG_COUNTS', `${found}, not ${manifest.accounts} and ${manifest.slots}`)
    }
    const { trie } = this.trie
    yield* hashParts(trie)
    const root = trieRoot(trie)
    if (root === manifest.header.stateRoot) return OK
    return refuse('WRONG_STATE_ROOT', `${root}, not ${manifest.header.stateRoot}`)
  }

  private take({ address, account, slots }: SnapshotAccount, chunk: number): SnapshotVerdict {
    const last = this.open
    const step = last ? compareBytes(address, last.address) : 1
    if (account.length === 0 ? step !== 0 : step <= 0) {
      return refuse('CHUNK_ORDER', `account ${bytesToHex(address)} in chunk ${chunk}`, chunk)
    }
    if (account.length > 0) {
      const closed = this.close(chunk)
      if (!closed.ok) return closed
      const { storageRoot } = decodeAccount(account)
      this.open = { address, storageRoot, storage: undefined, lastSlot: undefined }
      this.trie.set(keccak(address), account)
      this.accounts++
    }
    return this.takeSlots(slots, chunk)
  }

  private takeSlots(slots: readonly SnapshotSlot[], chunk: number): SnapshotVerdict {
    const { open } = this
    if (!open) return refuse('CHUNK_ORDER', `slots without an account in chunk ${chunk}`, chunk)
    for (const { slot, word } of slots) {
      if (word.length === 0 || (open.lastSlot && compareBytes(slot, open.lastSlot) <= 0)) {
        return refuse('CHUNK_ORDER', `slot ${bytesToHex(slot)} in chunk ${chunk}`, chunk)
      }
      open.lastSlot = slot
      open.storage ??= new TrieBatch(undefined)
      open.storage.set(keccak(slot), word)
      this.slots++
    }
    return OK
  }

  private close(chunk: number): SnapshotVerdict {
    const { open } = this
    if (!open) return OK
    const root = open.storage ? trieRoot(open.storage.trie) : EMPTY_ROOT
    if (root === open.storageRoot) return OK
    const detail = `the storage of ${bytesToHex(open.address)}, up to chunk ${chunk}`
    return refuse('WRONG_STORAGE_ROOT', detail, chunk)
  }
}

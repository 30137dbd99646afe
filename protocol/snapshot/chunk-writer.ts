// Cuts the rows of a state, given in order, into chunks.

import { SNAPSHOT_CHUNK_BYTES } from '../../config/limits.ts'
import { encodeStateChunk, type SnapshotSlot } from './state-chunk.ts'

/** What is written around a row, at most. */
const AROUND_ACCOUNT = 32
const AROUND_SLOT = 8

interface Open {
  readonly address: Uint8Array
  readonly account: Uint8Array
  readonly slots: SnapshotSlot[]
}

export class ChunkWriter {
  private readonly chunkBytes: number
  private readonly emit: (index: number, bytes: Uint8Array) => void
  private accounts: Open[] = []
  private bytes = 0
  /** Chunk 0 is the block's. */
  private index = 1

  constructor(
    emit: (index: number, bytes: Uint8Array) => void,
    chunkBytes: number = SNAPSHOT_CHUNK_BYTES,
  ) {
    this.emit = emit
    this.chunkBytes = chunkBytes
  }

  account(address: Uint8Array, account: Uint8Array): void {
    this.makeRoom(address.length + account.length + AROUND_ACCOUNT)
    this.accounts.push({ address, account, slots: [] })
  }

  /** Of the account given last. */
  slot(slot: Uint8Array, word: Uint8Array): void {
    const address = this.accounts.at(-1)?.address as Uint8Array
    const before = this.index
    this.makeRoom(slot.length + word.length + AROUND_SLOT)
    if (this.index > before) {
      this.accounts.push({ address, account: new Uint8Array(0), slots: [] })
      this.bytes += address.length + AROUND_ACCOUNT
    }
    this.accounts.at(-1)?.slots.push({ slot, word })
  }

  /** At least one chunk of state is written, also of an empty state. */
  end(): void {
    if (this.accounts.length > 0 || this.index === 1) this.flush()
  }

  private makeRoom(bytes: number): void {
    if (this.accounts.length > 0 && this.bytes + bytes > this.chunkBytes) this.flush()
    this.bytes += bytes
  }

  private flush(): void {
    const { index, accounts } = this
    this.index++
    this.accounts = []
    this.bytes = 0
    this.emit(index, encodeStateChunk({ index, accounts }))
  }
}

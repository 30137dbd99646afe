// The store port: ordered byte tables with synchronous reads and one atomic, durable commit.
// Implemented by storage/lmdb, storage/memory and the simulated disk.

export interface Put {
  readonly table: string
  readonly key: Uint8Array
  /** undefined deletes the key. */
  readonly value: Uint8Array | undefined
}

export interface RangeOptions {
  /** Inclusive lower bound. */
  readonly from?: Uint8Array
  /** Exclusive upper bound. */
  readonly to?: Uint8Array
  readonly reverse?: boolean
  readonly limit: number
}

/** What a read throws when the row's bytes are not those that were written. */
export class StoreCorrupt extends Error {
  override readonly name = 'StoreCorrupt'
}

export type Guard = () => Error | undefined

export interface Store {
  /** A store that keeps checksums throws StoreCorrupt for a rotten row, never its bytes. */
  get(table: string, key: Uint8Array): Uint8Array | undefined
  /** In key order (bytewise); with `reverse` from the upper end down. */
  range(table: string, options: RangeOptions): [Uint8Array, Uint8Array][]
  /**
   * Applies all puts or none. Reads see them once `done` has been called, and `done` without an
   * error means that they survive a power cut. An error means that nothing was applied.
   *
   * `guard` is asked in the transaction itself, where it reads what is stored then; what it returns
   * is the error with which nothing is applied.
   */
  commit(puts: readonly Put[], done: (error?: Error) => void, guard?: Guard): void
  /** Bytes that the rows take, keys and whatever the store adds to them included; about. */
  usedBytes(): number
}

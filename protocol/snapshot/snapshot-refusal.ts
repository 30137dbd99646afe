// Why a snapshot is not taken. Every refusal names the chunk where there is one, so that whoever
// fetched it knows which peer to blame.

export const SNAPSHOT_REFUSALS = {
  BAD_MANIFEST: 'the manifest cannot be decoded or contradicts itself',
  WRONG_CHAIN: 'the snapshot belongs to another chain',
  UNTRUSTED: 'nothing that is trusted vouches for the block of the snapshot',
  TOO_OLD: 'the block is older than the weak-subjectivity period of 14 days',
  CHUNK_MISSING: 'a chunk is not there',
  CHUNK_TOO_LARGE: 'a chunk is above its limit',
  CHUNK_CHANGED: 'a chunk does not have the hash that the manifest names',
  BAD_CHUNK: 'a chunk has the right hash and the wrong form: the manifest itself is bad',
  CHUNK_ORDER: 'rows are out of order, twice, or in the wrong chunk',
  WRONG_BLOCK: 'the block of the snapshot is not the one of its header',
  WRONG_STORAGE_ROOT: 'the storage of an account has another root than the account names',
  WRONG_STATE_ROOT: 'the state has another root than the header names',
  WRONG_COUNTS: 'there are more or fewer rows than the manifest says',
} as const

export type SnapshotCode = keyof typeof SNAPSHOT_REFUSALS

export interface SnapshotRefusal {
  readonly ok: false
  readonly code: SnapshotCode
  /** Index in the manifest, where one chunk is at fault. */
  readonly chunk: number | undefined
  readonly detail: string
}

export type SnapshotVerdict = { readonly ok: true } | SnapshotRefusal

export function refuse(code: SnapshotCode, detail: string, chunk?: number): SnapshotRefusal {
  return { ok: false, code, chunk, detail }
}

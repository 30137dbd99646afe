// A snapshot that is not taken, as an error for people.

import {
  SNAPSHOT_REFUSALS,
  type SnapshotRefusal,
} from '../../protocol/snapshot/snapshot-refusal.ts'
import { CliError } from './cli-error.ts'

const HINTS: Readonly<Record<string, string>> = {
  UNTRUSTED: 'give --trusted-hash with the hash of its block, from a source that you trust',
  TOO_OLD: 'take a newer snapshot, and a newer trusted hash with it',
  WRONG_CHAIN: 'take a snapshot of this network',
}

export function snapshotRefused({ code, chunk, detail }: SnapshotRefusal): CliError {
  const where = chunk === undefined ? '' : ` (chunk ${chunk})`
  return new CliError(
    'SNAPSHOT_REFUSED',
    `the snapshot is refused: ${code}${where}`,
    `${SNAPSHOT_REFUSALS[code]}: ${detail}`,
    HINTS[code] ?? 'fetch it again, from somewhere else; nothing was written',
    { refused: code, ...(chunk !== undefined && { chunk }), detail },
  )
}

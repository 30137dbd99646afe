// A proposer's sidecar without what the parent's state no longer takes: another leader may have
// recorded the checkpoint a moment ago. Validators refuse such a block; nobody should build one.

import { decodeSidecar, encodeSidecar, type Sidecar } from '../block/sidecar.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import { isCertified } from './checkpoint-storage.ts'
import { currentRules } from './epoch-storage.ts'

const NOTHING = new Uint8Array(0)

/** `words` of the parent's state. Throws RlpError when the sidecar cannot be read. */
export function trimSidecar(words: ReadWords, encoded: Uint8Array): Uint8Array {
  const sidecar: Sidecar = decodeSidecar(encoded)
  const isRecorded = isCertified(words, currentRules(words).epoch - 1)
  if (sidecar.checkpoint.length === 0 || !isRecorded) return encoded
  return encodeSidecar({ ...sidecar, checkpoint: NOTHING })
}

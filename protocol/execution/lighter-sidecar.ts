// A proposer's sidecar without what the parent's state does not take: another leader may have
// recorded the checkpoint, or had somebody punished, a moment ago. Validators refuse such a block;
// nobody should lose his turn for it.

import { decodeSidecar, encodeSidecar } from '../block/sidecar.ts'
import type { Refused } from '../epoch/begin-block.ts'

const NOTHING = new Uint8Array(0)

/** Undefined when the refusal is about something that no block can do without. */
export function lighterSidecar(encoded: Uint8Array, refused: Refused): Uint8Array | undefined {
  const { code, item = 0 } = refused
  const sidecar = decodeSidecar(encoded)
  switch (code) {
    case 'BAD_PARTICIPATION':
      return encodeSidecar({ ...sidecar, participation: NOTHING })
    case 'BAD_CHECKPOINT':
      return encodeSidecar({ ...sidecar, checkpoint: NOTHING })
    case 'BAD_EVIDENCE': {
      const evidence = sidecar.evidence.filter((_, i) => i !== item)
      return encodeSidecar({ ...sidecar, evidence })
    }
    // Those after it stand on it, or come again with the next block.
    case 'BAD_CLAIM': {
      const claims = sidecar.claims.slice(0, item)
      const certificates = sidecar.certificates.slice(0, item)
      return encodeSidecar({ ...sidecar, claims, certificates })
    }
    default:
      return undefined
  }
}

// Is what we remember of our own votes all that we ever signed? A certificate that names us as a
// signer above our highest record says no: an old copy of the data folder, or the key elsewhere.

import type { Certificate } from './certificate.ts'
import { isAbove } from './place.ts'
import type { SimplexState } from './simplex-state.ts'

/** `certificate` has been checked. */
export function compareWithOwnRecord(state: SimplexState, certificate: Certificate): void {
  const { index, signedTo } = state
  const { epoch, view } = certificate
  if (index === undefined || state.silenced || epoch !== state.rules.epoch) return
  if (!isAbove(certificate, signedTo) || !certificate.signers.includes(index)) return
  if (state.config.lostSignState) {
    state.signFrom = epoch + 2
    return
  }
  state.silence(
    `epoch ${epoch}, view ${view} has a signature of this key that this node has no record of`,
  )
}

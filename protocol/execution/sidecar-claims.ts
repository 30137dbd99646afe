// The claims of a block: what the builder adds to the sidecar that consensus has decided.

import { decodeSidecar, encodeSidecar } from '../block/sidecar.ts'
import { CLAIMS_PER_BLOCK_MAX } from '../params.ts'

/**
 * The same sidecar with these claims (encoded, in order), as many as a block takes. No network has
 * committees yet, so there is no certificate to bring.
 */
export function withClaims(encoded: Uint8Array, claims: readonly Uint8Array[]): Uint8Array {
  const sidecar = decodeSidecar(encoded)
  const taken = claims.slice(0, CLAIMS_PER_BLOCK_MAX)
  return encodeSidecar({ ...sidecar, claims: taken, certificates: [] })
}

// The claims of a block: what the builder adds to the sidecar that consensus has decided.

import { decodeSidecar, encodeSidecar } from '../block/sidecar.ts'
import { CLAIMS_PER_BLOCK_MAX } from '../params.ts'

interface ClaimToOrder {
  /** Encoded, as is the certificate: there is one where shards have committees. */
  readonly claim: Uint8Array
  readonly certificate?: Uint8Array | undefined
}

/** The same sidecar with these claims, in order, as many as a block takes. */
export function withClaims(encoded: Uint8Array, offered: readonly ClaimToOrder[]): Uint8Array {
  const sidecar = decodeSidecar(encoded)
  const taken = offered.slice(0, CLAIMS_PER_BLOCK_MAX)
  const certificates = taken.flatMap(({ certificate }) => certificate ?? [])
  return encodeSidecar({ ...sidecar, claims: taken.map(({ claim }) => claim), certificates })
}

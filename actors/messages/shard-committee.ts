// What shards of one number tell each other where they have committees (docs/spec/rollup.md).

import { bytes, hex, struct, u53 } from '../../lib/schema.ts'
import { tell } from '../../runtime/messages.ts'

/** protocol/rollup/batch-certificate.ts, encoded: a bit for each member, and a signature. */
export const EncodedCertificate = bytes(256)

export const CommitteeWords = {
  /**
   * A member says that it holds this claim's batch, has checked it and has it on its disk. `place`
   * is its own in the committee of the epoch. It comes again until somebody has made a certificate.
   */
  Attest: tell(
    struct({ epoch: u53, number: u53, claim: hex(32), place: u53, signature: bytes(96) }),
    'control',
  ),
  /** More than two thirds of the committee's seats have attested this claim. */
  Certified: tell(
    struct({ epoch: u53, number: u53, claim: hex(32), certificate: EncodedCertificate }),
    'control',
  ),
}

// A validator's public identity for people.

import type { PublicIdentity } from '../../node/keys/public-identity.ts'
import { table } from './table.ts'

export function identityLines(identity: PublicIdentity): string[] {
  return table([
    ['  consensus', identity.bls_public_key],
    ['  vrf', identity.vrf_public_key],
    ['  peer', identity.peer_id],
    ['  account', identity.account],
  ])
}

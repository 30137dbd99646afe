// What a consensus key signs to be registered, beside its proof of possession: for whom, and with
// which VRF key. Without it anybody who sees the proof could register the key as his own.

import { concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { ChainIdentity } from '../consensus/vote.ts'
import { keccak } from '../crypto/keccak.ts'

const DOMAIN = utf8('AITBC-register-v1')

/** The 32-byte message under `authorization`. */
export function registrationDigest(
  chain: ChainIdentity,
  operator: Hex,
  vrfPublicKey: Hex,
): Uint8Array {
  const where = concatBytes(DOMAIN, u64(Number(chain.chainId)), hexToBytes(chain.genesisHash))
  return keccak(concatBytes(where, hexToBytes(operator), hexToBytes(vrfPublicKey)))
}

// The secrets that a validator votes and draws leaders with: the development network's, or its own.

import { assert } from '../../../lib/assert.ts'
import { devValidatorKey, devVrfKey } from '../dev-validator-key.ts'
import type { NodeKeys } from './node-keys.ts'

export interface SigningKeys {
  /** BLS, 32 bytes. */
  readonly consensus: Uint8Array
  /** Ed25519, 32 bytes. */
  readonly vrf: Uint8Array
}

/** `index`: among the validators of the topology; `keys` is undefined where keys are public. */
export function signingKeys(index: number, keys: NodeKeys | undefined): SigningKeys {
  if (!keys) return { consensus: devValidatorKey(index), vrf: devVrfKey(index) }
  const { consensus, vrf } = keys.secrets
  assert(consensus && vrf, 'the keys were opened before the node starts')
  return { consensus, vrf }
}

// All keys of a folder in one file, each encrypted as it is: a backup that takes the same password.

import { z } from 'zod'
import { damaged } from '../../../compute/keystore/key-error.ts'
import { ALL_KEY_KINDS, type KeyKind } from './key-kinds.ts'

const Bundle = z.strictObject({
  format: z.literal('aitbc-keys-v1'),
  name: z.string(),
  keys: z.partialRecord(z.enum(ALL_KEY_KINDS), z.unknown()),
})

export type KeyBundle = z.infer<typeof Bundle>

export function keyBundle(name: string, keys: KeyBundle['keys']): KeyBundle {
  return { format: 'aitbc-keys-v1', name, keys }
}

/**
 * The keys in a file by kind: of a bundle, of an EIP-2335 file (ours say their type, others hold a
 * BLS key), of a Web3 Secret Storage file. Throws KeyError KEYS_DAMAGED.
 */
export function keysInFile(value: unknown): (readonly [KeyKind, unknown])[] {
  const { format, version, type } = (value ?? {}) as Record<string, unknown>
  if (format !== undefined) {
    const result = Bundle.safeParse(value)
    if (!result.success) throw damaged('not a bundle of keys that ./aitbc keys export writes')
    return Object.entries(result.data.keys) as [KeyKind, unknown][]
  }
  if (version === 3) return [['account', value]]
  if (version !== 4) throw damaged('neither EIP-2335 (version 4) nor Web3 Secret Storage 3')
  if (type === undefined) return [['consensus', value]]
  if (type === 'aitbc-vrf-ed25519') return [['vrf', value]]
  if (type === 'libp2p-ed25519') return [['peer', value]]
  if (type === 'aitbc-spend-ed25519') return [['spend', value]]
  if (type === 'aitbc-cosign-bls') return [['cosign', value]]
  throw damaged(`a key of type ${String(type)} is of no use here`)
}

// A network's public facts: its genesis and the hashes that clients pin. One file per network in
// config/networks/; the genesis inside is checked by protocol/genesis.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Hex } from '../lib/hex.ts'
import { nearestName } from '../lib/nearest-name.ts'
import { packageRoot } from '../lib/package-root.ts'

const Hash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value))

const NetworkSchema = z.strictObject({
  name: z.string(),
  /** public: keys are derived from a published phrase, for development only. */
  keys: z.enum(['public', 'private']),
  genesisHash: Hash,
  /** Trust anchor of offline receipt verification. */
  validatorSetHash: Hash,
  genesis: z.unknown(),
})

export type Network = z.infer<typeof NetworkSchema>

function networksFolder(): string {
  return join(packageRoot(), 'config', 'networks')
}

export function networkNames(): string[] {
  return readdirSync(networksFolder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
}

/** Throws an Error that names the networks there are. */
export function loadNetwork(name: string): Network {
  const names = networkNames()
  if (!names.includes(name)) {
    const near = nearestName(name, names)
    const hint = near ? `; did you mean "${near}"?` : ''
    throw new Error(`unknown network "${name}"${hint} (known: ${names.join(', ')})`)
  }
  return NetworkSchema.parse(
    JSON.parse(readFileSync(join(networksFolder(), `${name}.json`), 'utf8')),
  )
}

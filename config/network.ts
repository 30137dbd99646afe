// A network's public facts: its genesis and the hashes that clients pin. One file per network: the
// project's own in config/networks/, others wherever their operators keep them. The genesis inside
// is checked by protocol/genesis.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Hex } from '../lib/hex.ts'
import { nearestName } from '../lib/nearest-name.ts'
import { packageRoot } from '../lib/package-root.ts'

const Hash = z.custom<Hex>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value),
  '0x and 64 lower-case hex digits',
)

const NetworkSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes'),
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

/** Those that the project brings. */
export function networkNames(): string[] {
  return readdirSync(networksFolder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
}

/** A path, and not the name of one of the project's networks. */
function isPath(reference: string): boolean {
  return reference.includes('/') || reference.endsWith('.json')
}

/**
 * What a topology file calls its network, so that it means the same everywhere: a path is taken
 * from the file's folder, and so is a name that is not the project's with NAME.json beside it.
 */
export function networkReference(named: string, topologyFile: string): string {
  const folder = dirname(resolve(topologyFile))
  if (isPath(named)) return resolve(folder, named)
  if (networkNames().includes(named)) return named
  const beside = join(folder, `${named}.json`)
  return existsSync(beside) ? beside : named
}

function readNetwork(file: string): Network {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`cannot read the network ${file}: ${(error as Error).message}`)
  }
  const result = NetworkSchema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = issue?.path.join('.') || 'the document'
  throw new Error(`${file} is no network: ${place}: ${issue?.message}`)
}

/** Of a name or a path. Throws an Error that names the networks there are, or what is wrong. */
export function loadNetwork(reference: string): Network {
  if (isPath(reference)) return readNetwork(reference)
  const names = networkNames()
  if (!names.includes(reference)) {
    const near = nearestName(reference, names)
    const hint = near ? `; did you mean "${near}"?` : ''
    throw new Error(`unknown network "${reference}"${hint} (known: ${names.join(', ')})`)
  }
  return readNetwork(join(networksFolder(), `${reference}.json`))
}

// identity.json beside the keys: the public identity, so that showing it takes no password.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { keyText, kindsIn, openKeys, type Secrets } from './key-folder.ts'
import { KEY_KINDS } from './key-kinds.ts'
import { readJson, writePrivate } from './private-file.ts'
import { type PublicIdentity, parseIdentity, publicIdentity } from './public-identity.ts'

const FILE = 'identity.json'

/** Undefined when the folder has none. Throws KeyError KEYS_DAMAGED. */
export function readIdentity(folder: string): PublicIdentity | undefined {
  const file = join(folder, FILE)
  return existsSync(file) ? parseIdentity(readJson(file)) : undefined
}

export function writeIdentity(folder: string, name: string, secrets: Secrets): PublicIdentity {
  const identity = publicIdentity(name, secrets)
  writePrivate(join(folder, FILE), keyText(identity))
  return identity
}

/** Makes it anew when all four keys are there; undefined otherwise. Rejects with KeyError. */
export async function refreshIdentity(
  folder: string,
  name: string,
  password: string,
): Promise<PublicIdentity | undefined> {
  const kinds = kindsIn(folder)
  if (!KEY_KINDS.every((kind) => kinds.includes(kind))) return undefined
  return writeIdentity(folder, name, await openKeys(folder, KEY_KINDS, password))
}

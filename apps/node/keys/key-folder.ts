// A folder with the encrypted keys of one validator or account, each in a file of its own. What a
// file says is public of its key must be what the secret gives: a file that was swapped or pasted
// together is refused.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ScryptCost } from '../../../compute/keystore/key-derivation.ts'
import { damaged, KeyError } from '../../../compute/keystore/key-error.ts'
import { ALL_KEY_KINDS, KEY_KINDS, type KeyKind, KIND_RULES } from './key-kinds.ts'
import { makePrivateFolder, readPrivateJson, refuseExposed, writePrivate } from './private-file.ts'

/** Of a validator. */
export type Secrets = Readonly<Record<(typeof KEY_KINDS)[number], Uint8Array>>

/** Where a node of a data folder keeps its keys. */
export function keyFolderOf(dataDirectory: string, node: string): string {
  return join(dataDirectory, 'nodes', node, 'keys')
}

export function keyFile(folder: string, kind: KeyKind): string {
  return join(folder, `${kind}.json`)
}

/** The kinds whose file is there. */
export function kindsIn(folder: string): KeyKind[] {
  return ALL_KEY_KINDS.filter((kind) => existsSync(keyFile(folder, kind)))
}

export function keyText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Rejects with KeyError, whose message names the file. */
export async function openKeyFile(
  kind: KeyKind,
  file: string,
  value: unknown,
  password: string,
): Promise<Uint8Array> {
  try {
    const rules = KIND_RULES[kind]
    const { secret, says } = await rules.decrypt(value, password)
    const is = rules.publicOf(secret)
    if (says !== undefined && says !== is) throw damaged(`it says ${says}, but the key is ${is}`)
    return secret
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    throw new KeyError(error.code, `${file}: ${error.message}`, error.hint)
  }
}

/** Rejects with KeyError. */
export async function openKey(
  folder: string,
  kind: KeyKind,
  password: string,
): Promise<Uint8Array> {
  const file = keyFile(folder, kind)
  if (existsSync(folder)) refuseExposed(folder)
  return openKeyFile(kind, file, readPrivateJson(file), password)
}

/** One after the other: each takes 256 MiB for a moment. */
export async function openKeys<Kind extends KeyKind>(
  folder: string,
  kinds: readonly Kind[],
  password: string,
): Promise<Record<Kind, Uint8Array>> {
  const opened: Partial<Record<Kind, Uint8Array>> = {}
  for (const kind of kinds) opened[kind] = await openKey(folder, kind, password)
  return opened as Record<Kind, Uint8Array>
}

export interface SaveOptions {
  readonly password: string
  readonly cost?: ScryptCost
}

/** Encrypts and writes a key that is not there yet; rejects with KeyError KEYS_EXIST. */
export async function saveKey(
  folder: string,
  kind: KeyKind,
  secret: Uint8Array,
  { password, cost }: SaveOptions,
): Promise<void> {
  const file = keyFile(folder, kind)
  if (existsSync(file)) throw keysExist(folder)
  const value = await KIND_RULES[kind].encrypt(secret, password, cost)
  makePrivateFolder(folder)
  refuseExposed(folder)
  writePrivate(file, keyText(value), true)
}

export function keysExist(folder: string): KeyError {
  const hint = 'keys are never replaced: name another node, or move the folder away yourself'
  return new KeyError('KEYS_EXIST', `${folder} holds keys already`, hint)
}

/** Fresh keys of a validator. Rejects with KeyError KEYS_EXIST when there is any. */
export async function newKeys(folder: string, options: SaveOptions): Promise<Secrets> {
  if (kindsIn(folder).length > 0) throw keysExist(folder)
  const entries = KEY_KINDS.map((kind) => [kind, KIND_RULES[kind].newSecret()] as const)
  for (const [kind, secret] of entries) await saveKey(folder, kind, secret, options)
  return Object.fromEntries(entries) as Secrets
}

/**
 * Every key of the folder under a new password. Cut off in between, some files have the new one:
 * those are left as they are when it is done again.
 */
export async function changePassword(
  folder: string,
  from: string,
  { password, cost }: SaveOptions,
): Promise<KeyKind[]> {
  const kinds = kindsIn(folder)
  const changed: (readonly [KeyKind, string])[] = []
  for (const kind of kinds) {
    const secret = await openKey(folder, kind, from).catch(async (error: unknown) => {
      if ((error as KeyError).code !== 'WRONG_PASSWORD') throw error
      const done = await openKey(folder, kind, password).catch(() => undefined)
      if (!done) throw error
      return undefined
    })
    if (!secret) continue
    changed.push([kind, keyText(await KIND_RULES[kind].encrypt(secret, password, cost))])
  }
  // Nothing is written before every key has opened.
  for (const [kind, text] of changed) writePrivate(keyFile(folder, kind), text)
  return changed.map(([kind]) => kind)
}

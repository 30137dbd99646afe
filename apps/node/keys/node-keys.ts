// The keys of a node that is about to start, on a network whose keys are its operators' own: its
// folder locked, its files opened, its sign store compared with what the key remembers.

import { existsSync } from 'node:fs'
import { KeyError } from '../../../compute/keystore/key-error.ts'
import type { Network } from '../../../config/network.ts'
import type { NodeSpec } from '../../../config/topology-schema.ts'
import { FolderInUse, lockFolder } from '../../../storage/lmdb/folder-lock.ts'
import { storeFolder } from '../store-folder.ts'
import { consensusKeyOf } from './consensus-keys.ts'
import { keyFolderOf, kindsIn, openKeys } from './key-folder.ts'
import { type KeyKind, KIND_RULES } from './key-kinds.ts'
import { claimSignState } from './sign-state.ts'

/** What the operator gave at the start. */
export interface KeyAccess {
  readonly password: string | undefined
  readonly lostSignState: boolean
}

/** Plain data: it goes to the threads of the node, and nowhere else. */
export interface NodeKeys {
  readonly secrets: Readonly<Partial<Record<KeyKind, Uint8Array>>>
  /** What the key signed before is not known: the validator waits it out. */
  readonly lostSignState: boolean
}

export interface KeysPlace {
  readonly network: Network
  /** What tells networks apart. */
  readonly mark: string
  readonly dataDirectory: string
  readonly node: string
  readonly spec: NodeSpec
  readonly access: KeyAccess
}

export interface OpenKeys {
  readonly keys: NodeKeys
  release(): void
}

function wanted({ roles }: NodeSpec, present: readonly KeyKind[]): KeyKind[] {
  const kinds = new Set<KeyKind>()
  if (roles.includes('validator'))
    for (const kind of ['consensus', 'vrf', 'peer'] as const) kinds.add(kind)
  if (roles.includes('coordinator') || roles.includes('provider')) kinds.add('account')
  // A validator that has it pays the bond of its challenges.
  if (roles.includes('validator') && present.includes('account')) kinds.add('account')
  // A provider that has one can be paid by locks of the rollup.
  if (roles.includes('provider') && present.includes('spend')) kinds.add('spend')
  // Any other node makes a peer identity of its own when it has none.
  if (present.includes('peer')) kinds.add('peer')
  return [...kinds]
}

function locked(folder: string): () => void {
  try {
    return lockFolder(folder)
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    const hint = 'stop that process: two that sign with one key contradict each other'
    throw new KeyError('KEYS_IN_USE', error.message, hint)
  }
}

function refuseOtherKeys(place: KeysPlace, secrets: NodeKeys['secrets']): void {
  const { network, node, spec } = place
  const pairs = [
    ['consensus', consensusKeyOf(network, node, spec)],
    ['peer', spec.peer],
  ] as const
  for (const [kind, named] of pairs) {
    const secret = secrets[kind]
    if (!secret || named === undefined) continue
    const own = KIND_RULES[kind].publicOf(secret)
    if (own === named) continue
    const what = `the ${kind} key of ${node} is ${own}, but the network knows it by ${named}`
    throw new KeyError('KEYS_DAMAGED', what, 'use the keys that the network was made with')
  }
}

/** Rejects with KeyError. */
export async function openNodeKeys(place: KeysPlace): Promise<OpenKeys> {
  const { dataDirectory, node, spec, access } = place
  const keyFolder = keyFolderOf(dataDirectory, node)
  const kinds = wanted(spec, existsSync(keyFolder) ? kindsIn(keyFolder) : [])
  if (kinds.length === 0) {
    return { keys: { secrets: {}, lostSignState: false }, release: () => {} }
  }
  if (!existsSync(keyFolder)) {
    const hint = `make them with ./aitbc keys new, with --node ${node} and --data ${dataDirectory}`
    throw new KeyError('KEYS_MISSING', `${node} has no keys in ${keyFolder}`, hint)
  }
  if (access.password === undefined) {
    const hint = 'give --password-file FILE or set AITBC_KEY_PASSWORD'
    throw new KeyError('WRONG_PASSWORD', `the keys of ${node} need a password`, hint)
  }
  const release = locked(keyFolder)
  try {
    const secrets = await openKeys(keyFolder, kinds, access.password)
    refuseOtherKeys(place, secrets)
    const signFolder = storeFolder(dataDirectory, node, 'sign')
    const lost = access.lostSignState
    const lostSignState =
      spec.roles.includes('validator') &&
      claimSignState({ keyFolder, signFolder, network: place.mark, lost })
    return { keys: { secrets, lostSignState }, release }
  } catch (error) {
    release()
    throw error
  }
}

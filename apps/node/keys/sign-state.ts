// Whether a consensus key may sign with the sign store that its node has. The folder of the key
// remembers the store it has signed with: one that is missing, or is not that one, may lack
// votes that have left already, and voting again would be punished.

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { damaged, KeyError } from '../../../compute/keystore/key-error.ts'
import { readPrivateJson, writePrivate } from './private-file.ts'

const Record = z.strictObject({
  /** imported: nobody here knows whether it has signed elsewhere. */
  origin: z.enum(['made', 'imported']),
  /** The store that it signs with, by network: what is signed for one means nothing on another. */
  networks: z.record(
    z.string(),
    z.strictObject({
      store: z.string(),
      /** A former store was lost: what it held is waited out before the key signs again. */
      lost: z.boolean().optional(),
    }),
  ),
})

type SignRecord = z.infer<typeof Record>

const RECORD_FILE = 'sign-state.json'
/** In the folder of the sign store: goes where that goes. */
const STORE_FILE = 'STORE'

function writeRecord(folder: string, record: SignRecord): void {
  writePrivate(join(folder, RECORD_FILE), `${JSON.stringify(record)}\n`)
}

export function markKey(folder: string, origin: SignRecord['origin']): void {
  writeRecord(folder, { origin, networks: {} })
}

/** A key without a record came from somewhere. */
function readRecord(folder: string): SignRecord {
  const file = join(folder, RECORD_FILE)
  if (!existsSync(file)) return { origin: 'imported', networks: {} }
  const result = Record.safeParse(readPrivateJson(file))
  if (!result.success) throw damaged(`${file} is not a sign state`)
  return result.data
}

/** For people. */
export function signStateOf(folder: string): string {
  const { origin, networks } = readRecord(folder)
  const used = Object.values(networks)
  if (used.some(({ lost }) => lost)) return 'used; its sign store was lost'
  if (used.length > 0) return 'used'
  return origin === 'made' ? 'never used' : 'imported'
}

function storeIn(signFolder: string): string | undefined {
  try {
    return readFileSync(join(signFolder, STORE_FILE), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Nothing, or the name alone: a first start was cut off before the store was made. */
function isEmpty(signFolder: string): boolean {
  return !existsSync(signFolder) || readdirSync(signFolder).every((file) => file === STORE_FILE)
}

export interface SignPlace {
  readonly keyFolder: string
  readonly signFolder: string
  /** What tells networks apart. */
  readonly network: string
  /** The operator says that the store was lost. */
  readonly lost: boolean
}

function begin({ keyFolder, signFolder, network }: SignPlace, record: SignRecord, lost: boolean) {
  const store = randomUUID()
  mkdirSync(signFolder, { recursive: true })
  writePrivate(join(signFolder, STORE_FILE), `${store}\n`)
  const entry = { store, ...(lost && { lost }) }
  writeRecord(keyFolder, { ...record, networks: { ...record.networks, [network]: entry } })
  return lost
}

function refusal(keyFolder: string, why: string): KeyError {
  return new KeyError(
    'SIGN_STATE_LOST',
    `${why}: what the key in ${keyFolder} has signed is not known, and signing twice is punished`,
    'put the sign store back, or start once with --i-lost-my-sign-state: the node then ' +
      'waits until two epochs are final without a vote of this key, and signs after that',
  )
}

/**
 * True when the former store was lost and what it held must be waited out. Throws KeyError
 * SIGN_STATE_LOST when the key must not sign and the operator has not said that it was lost.
 */
export function claimSignState(place: SignPlace): boolean {
  const { keyFolder, signFolder, network } = place
  const record = readRecord(keyFolder)
  const known = record.networks[network]
  const store = storeIn(signFolder)
  if (known && store === known.store) return known.lost === true
  const fresh = record.origin === 'made' && !known
  if (fresh && isEmpty(signFolder)) return begin(place, record, false)
  if (place.lost) return begin(place, record, true)
  if (!known && !fresh) throw refusal(keyFolder, 'the key was imported')
  const what = store === undefined ? 'missing' : 'not the one that this key has signed with'
  throw refusal(keyFolder, `the sign store ${signFolder} is ${what}`)
}

/** It has signed again: the next start needs no waiting. */
export function signStateFound(keyFolder: string, network: string): void {
  const record = readRecord(keyFolder)
  const known = record.networks[network]
  if (!known?.lost) return
  const networks = { ...record.networks, [network]: { store: known.store } }
  writeRecord(keyFolder, { ...record, networks })
}

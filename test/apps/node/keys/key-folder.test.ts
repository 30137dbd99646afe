// A validator's folder of keys: who may read it, what opens it, what is noticed when files were
// changed, and whether its key may sign with the sign store that is there.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readIdentity, writeIdentity } from '../../../../apps/node/keys/identity-file.ts'
import {
  changePassword,
  keyFile,
  kindsIn,
  newKeys,
  openKey,
  openKeys,
  type Secrets,
} from '../../../../apps/node/keys/key-folder.ts'
import { KEY_KINDS, KIND_RULES } from '../../../../apps/node/keys/key-kinds.ts'
import { writePrivate } from '../../../../apps/node/keys/private-file.ts'
import { parseIdentity, publicIdentity } from '../../../../apps/node/keys/public-identity.ts'
import { claimSignState, markKey, signStateFound } from '../../../../apps/node/keys/sign-state.ts'
import { COST_LIGHT } from '../../../../compute/keystore/key-derivation.ts'
import type { KeyError } from '../../../../compute/keystore/key-error.ts'

const root = mkdtempSync(join(tmpdir(), 'aitbc-keys-'))
test.after(() => rmSync(root, { recursive: true, force: true }))

const password = 'correct horse'
const options = { password, cost: COST_LIGHT }
let next = 0

async function fresh(): Promise<{ folder: string; secrets: Secrets }> {
  const folder = join(root, `node${next++}`, 'keys')
  return { folder, secrets: await newKeys(folder, options) }
}

async function refusal(work: () => unknown): Promise<KeyError> {
  try {
    await work()
  } catch (error) {
    return error as KeyError
  }
  throw new Error('nothing was refused')
}

test('four keys, each in its file, for the owner alone; none is replaced', async () => {
  const { folder, secrets } = await fresh()
  assert.equal(kindsIn(folder), [...KEY_KINDS])
  assert.is(statSync(folder).mode & 0o777, 0o700)
  for (const kind of KEY_KINDS) assert.is(statSync(keyFile(folder, kind)).mode & 0o777, 0o600)
  assert.equal(await openKeys(folder, KEY_KINDS, password), secrets)
  assert.is(new Set(KEY_KINDS.map((kind) => KIND_RULES[kind].publicOf(secrets[kind]))).size, 4)
  assert.is((await refusal(() => newKeys(folder, options))).code, 'KEYS_EXIST')
  const text = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join()
  for (const kind of KEY_KINDS) {
    assert.not.ok(text.includes(Buffer.from(secrets[kind]).toString('hex')), kind)
  }
  assert.not.ok(text.includes(password))
})

test('a wrong password, other readers, a damaged or swapped file are told apart', async () => {
  const { folder, secrets } = await fresh()
  const consensus = keyFile(folder, 'consensus')
  const wrong = await refusal(() => openKey(folder, 'consensus', 'battery staple'))
  assert.is(wrong.code, 'WRONG_PASSWORD')
  assert.match(wrong.message, consensus)
  chmodSync(consensus, 0o640)
  const exposed = await refusal(() => openKey(folder, 'consensus', password))
  assert.is(exposed.code, 'KEYS_EXPOSED')
  assert.match(exposed.hint, `chmod 600 ${consensus}`)
  chmodSync(consensus, 0o600)
  chmodSync(folder, 0o750)
  assert.is((await refusal(() => openKey(folder, 'consensus', password))).code, 'KEYS_EXPOSED')
  chmodSync(folder, 0o700)
  const text = readFileSync(consensus, 'utf8')
  writeFileSync(consensus, text.slice(0, -20))
  assert.is((await refusal(() => openKey(folder, 'consensus', password))).code, 'KEYS_DAMAGED')
  // Another key behind this one's public half.
  const other = await KIND_RULES.consensus.encrypt(
    KIND_RULES.consensus.newSecret(),
    password,
    COST_LIGHT,
  )
  const { pubkey } = JSON.parse(text)
  writeFileSync(consensus, JSON.stringify({ ...other, pubkey }))
  const swapped = await refusal(() => openKey(folder, 'consensus', password))
  assert.is(swapped.code, 'KEYS_DAMAGED')
  assert.match(swapped.message, /it says 0x.*, but the key is 0x/)
  writeFileSync(keyFile(folder, 'vrf'), readFileSync(keyFile(folder, 'peer')))
  const misplaced = await refusal(() => openKey(folder, 'vrf', password))
  assert.match(misplaced.message, /holds libp2p-ed25519, not the vrf key/)
  rmSync(keyFile(folder, 'account'))
  assert.is((await refusal(() => openKey(folder, 'account', password))).code, 'KEYS_MISSING')
  assert.equal(await openKey(folder, 'peer', password), secrets.peer)
})

test('a change of password that was cut off is completed', async () => {
  const { folder, secrets } = await fresh()
  const changed = { password: 'battery staple', cost: COST_LIGHT }
  assert.is(
    (await refusal(() => changePassword(folder, 'neither', changed))).code,
    'WRONG_PASSWORD',
  )
  assert.equal(await openKey(folder, 'vrf', password), secrets.vrf)
  const before = readFileSync(keyFile(folder, 'account'))
  assert.equal(await changePassword(folder, password, changed), [...KEY_KINDS])
  writeFileSync(keyFile(folder, 'account'), before)
  assert.equal(await changePassword(folder, password, changed), ['account'])
  assert.equal(await openKeys(folder, KEY_KINDS, 'battery staple'), secrets)
  assert.is((await refusal(() => openKey(folder, 'vrf', password))).code, 'WRONG_PASSWORD')
})

test('a public identity shows any change to it', async () => {
  const { folder, secrets } = await fresh()
  const identity = writeIdentity(folder, 'node7', secrets)
  assert.equal(readIdentity(folder), identity)
  const other = publicIdentity('node8', (await fresh()).secrets)
  for (const field of Object.keys(identity) as (keyof typeof identity)[]) {
    if (field === 'format') continue
    const changed = { ...identity, [field]: other[field] }
    assert.is((await refusal(() => parseIdentity(changed))).code, 'KEYS_DAMAGED', field)
  }
  const more = { ...identity, extra: 1 }
  assert.is((await refusal(() => parseIdentity(more))).code, 'KEYS_DAMAGED')
})

test('a key signs only with the store that it has signed with', async () => {
  const { folder } = await fresh()
  markKey(folder, 'made')
  const signFolder = join(folder, '..', 'sign')
  const place = { keyFolder: folder, signFolder, network: 'net 0x1', lost: false }
  const used = () => writeFileSync(join(signFolder, 'data.mdb'), 'votes')
  assert.is(claimSignState(place), false)
  // A start that was cut off before anything was signed.
  assert.is(claimSignState(place), false)
  used()
  assert.is(claimSignState(place), false)
  renameSync(signFolder, `${signFolder}.away`)
  const missing = await refusal(() => claimSignState(place))
  assert.is(missing.code, 'SIGN_STATE_LOST')
  assert.match(missing.message, /is missing/)
  assert.match(missing.hint, /--i-lost-my-sign-state/)
  mkdirSync(signFolder)
  writePrivate(join(signFolder, 'STORE'), 'another\n')
  used()
  assert.match((await refusal(() => claimSignState(place))).message, /not the one that this key/)
  rmSync(signFolder, { recursive: true })
  renameSync(`${signFolder}.away`, signFolder)
  assert.is(claimSignState(place), false)

  rmSync(signFolder, { recursive: true })
  assert.is(claimSignState({ ...place, lost: true }), true)
  used()
  // It waits on over restarts, until it has signed again.
  assert.is(claimSignState(place), true)
  signStateFound(folder, place.network)
  assert.is(claimSignState(place), false)
})

test('what a key signed for one network says nothing about another; an import knows nothing', async () => {
  const { folder } = await fresh()
  markKey(folder, 'made')
  const signFolder = join(folder, '..', 'sign')
  const place = { keyFolder: folder, signFolder, network: 'net 0x1', lost: false }
  assert.is(claimSignState(place), false)
  const elsewhere = { ...place, signFolder: `${signFolder}2`, network: 'net 0x2' }
  assert.is(claimSignState(elsewhere), false)
  rmSync(signFolder, { recursive: true })
  assert.is((await refusal(() => claimSignState(place))).code, 'SIGN_STATE_LOST')
  markKey(folder, 'imported')
  assert.match((await refusal(() => claimSignState(place))).message, /was imported/)
  assert.is(claimSignState({ ...place, lost: true }), true)
})

test.run()

// The keys of a rollup account: the account on the base chain that owns it, the key that signs its
// transfers, and the one that agrees to batches.

import { hexToBytes } from '../../lib/hex.ts'
import { CliError } from './cli-error.ts'
import { keyPassword } from './key-password.ts'
import { costOf, keysPlace } from './keys-place.ts'
import type { RollupOptions } from './rollup-options.ts'
import type { Terminal } from './terminal.ts'

export interface RollupSecrets {
  readonly account: Uint8Array
  readonly spend: Uint8Array
  readonly cosign: Uint8Array
  /** Where what they have signed is kept. */
  readonly signedFolder: string
}

/** Public like all keys of the development network: they follow from the account's. */
async function devSecrets(name: string, data: string): Promise<RollupSecrets> {
  const { devAccounts, devRollupKeys } = await import('../node/dev-keys.ts')
  const all = devAccounts()
  const found = all.find((one) => one.name === name)
  if (!found) {
    const why = `the development network has ${all.map((one) => one.name).join(', ')}`
    throw new CliError('BAD_VALUE', `there is no account "${name}"`, why, 'give one of these')
  }
  const account = hexToBytes(found.privateKey)
  return { account, ...devRollupKeys(found), signedFolder: `${data}/rollup/dev-${name}` }
}

async function makeMissing(folder: string, password: string, options: RollupOptions) {
  const { kindsIn, saveKey } = await import('../node/keys/key-folder.ts')
  const { KIND_RULES, ROLLUP_KEY_KINDS } = await import('../node/keys/key-kinds.ts')
  const present = kindsIn(folder)
  const missing = ROLLUP_KEY_KINDS.filter((kind) => !present.includes(kind))
  for (const kind of missing) {
    await saveKey(folder, kind, KIND_RULES[kind].newSecret(), { password, ...costOf(options) })
  }
}

/** The account on the base chain alone, for what anybody may do. Rejects with KeyError. */
export async function accountSecret(
  options: RollupOptions,
  terminal: Terminal,
): Promise<Uint8Array> {
  if (options.devAccount !== undefined) return (await devSecrets(options.devAccount, '')).account
  const { openKey } = await import('../node/keys/key-folder.ts')
  const password = await keyPassword(terminal, { file: options.passwordFile })
  return openKey(keysPlace(options, terminal), 'account', password)
}

/** With `make`, keys of the rollup that are not there yet are made. Rejects with KeyError. */
export async function rollupSecrets(
  options: RollupOptions,
  terminal: Terminal,
  data: string,
  make: boolean,
): Promise<RollupSecrets> {
  if (options.devAccount !== undefined) return devSecrets(options.devAccount, data)
  const { openKey, openKeys } = await import('../node/keys/key-folder.ts')
  const folder = keysPlace(options, terminal)
  const password = await keyPassword(terminal, { file: options.passwordFile })
  // One password opens all keys of a folder: it is tried before others are made with it.
  const account = await openKey(folder, 'account', password)
  if (make) await makeMissing(folder, password, options)
  const opened = await openKeys(folder, ['spend', 'cosign'], password)
  return { account, ...opened, signedFolder: `${folder}/rollup` }
}

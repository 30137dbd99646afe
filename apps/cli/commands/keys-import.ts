// aitbc keys import FILE: brings keys from another place: a backup of keys export, a BLS key after
// EIP-2335, an account of geth or a wallet.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Secrets } from '../../node/keys/key-folder.ts'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { keyPassword } from '../key-password.ts'
import {
  type CostOptions,
  costOf,
  type KeysOptions,
  keysCommand,
  keysPlace,
  withCost,
  withPassword,
} from '../keys-place.ts'
import type { Terminal } from '../terminal.ts'

interface ImportOptions extends KeysOptions, CostOptions {
  readonly filePasswordFile?: string
  readonly neverUsed?: boolean
}

async function readKeys(file: string) {
  const { keysInFile } = await import('../../node/keys/key-bundle.ts')
  const { readJson } = await import('../../node/keys/private-file.ts')
  try {
    return keysInFile(readJson(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const hint = 'give a file that ./aitbc keys export wrote, or a key file of another program'
    throw new CliError('FILE', `cannot read ${file}`, 'there is no such file', hint)
  }
}

function isComplete(secrets: Partial<Secrets>): secrets is Secrets {
  return Boolean(secrets.consensus && secrets.vrf && secrets.peer && secrets.account)
}

async function importKeys(file: string, options: ImportOptions, terminal: Terminal): Promise<void> {
  const { kindsIn, keysExist, openKey, openKeyFile, saveKey } = await import(
    '../../node/keys/key-folder.ts'
  )
  const { refreshIdentity, writeIdentity } = await import('../../node/keys/identity-file.ts')
  const { markKey } = await import('../../node/keys/sign-state.ts')
  const folder = keysPlace(options, terminal)
  const keys = await readKeys(file)
  const present = kindsIn(folder)
  if (keys.some(([kind]) => present.includes(kind))) throw keysExist(folder)
  const password = await keyPassword(terminal, { file: options.passwordFile })
  const own = options.filePasswordFile
  const theirs = own === undefined ? password : await keyPassword(terminal, { file: own })
  // One password opens all keys of a folder.
  if (present[0]) await openKey(folder, present[0], password)
  const opened: [(typeof keys)[number][0], Uint8Array][] = []
  for (const [kind, value] of keys) {
    opened.push([kind, await openKeyFile(kind, file, value, theirs)])
  }
  const save = { password, ...costOf(options) }
  for (const [kind, secret] of opened) await saveKey(folder, kind, secret, save)
  const kinds = opened.map(([kind]) => kind)
  if (kinds.includes('consensus')) markKey(folder, options.neverUsed ? 'made' : 'imported')
  const all = Object.fromEntries(opened) as Partial<Secrets>
  const identity = isComplete(all)
    ? writeIdentity(folder, options.node, all)
    : await refreshIdentity(folder, options.node, password)
  const say = speaker(options, terminal)
  say.line(`imported ${kinds.join(', ')} into ${folder}`)
  if (kinds.includes('consensus') && !options.neverUsed) {
    say.line('the first start with the key wants --i-lost-my-sign-state: nobody here knows')
    say.line('what it has signed. Stop every other node that has it, for good, before that.')
  }
  say.document({ folder, imported: kinds, identity: identity ?? null })
}

export function keysImportCommand(terminal: Terminal): Command {
  const command = keysCommand('import', 'bring keys from a backup or another program')
  return withCost(withPassword(command))
    .argument('<file>', 'of ./aitbc keys export, EIP-2335, or Web3 Secret Storage 3')
    .option('--file-password-file <file>', "the imported file's password, if it is another")
    .option('--never-used', 'the consensus key has signed nothing, anywhere')
    .action((file: string, options: ImportOptions) =>
      importKeys(resolve(terminal.cwd, file), options, terminal),
    )
}

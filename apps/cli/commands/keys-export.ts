// aitbc keys export: the encrypted keys in one file as a backup, or one of them for another
// program.

import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { keyPassword } from '../key-password.ts'
import { type KeysOptions, keysCommand, keysPlace, withPassword } from '../keys-place.ts'
import type { Terminal } from '../terminal.ts'

const KINDS = ['consensus', 'vrf', 'peer', 'account', 'spend', 'cosign'] as const

interface ExportOptions extends KeysOptions {
  readonly out: string
  readonly kind?: (typeof KINDS)[number]
}

async function exportKeys(options: ExportOptions, terminal: Terminal): Promise<void> {
  const { keyFile, keyText, kindsIn, openKey } = await import('../../node/keys/key-folder.ts')
  const { keyBundle } = await import('../../node/keys/key-bundle.ts')
  const { readPrivateJson, writePrivate } = await import('../../node/keys/private-file.ts')
  const { KeyError } = await import('../../../compute/keystore/key-error.ts')
  const folder = keysPlace(options, terminal)
  const out = resolve(terminal.cwd, options.out)
  const kinds = options.kind ? [options.kind] : kindsIn(folder)
  if (kinds.length === 0) {
    const hint = 'make keys with ./aitbc keys new, or name their node with --node'
    throw new KeyError('KEYS_MISSING', `there are no keys in ${folder}`, hint)
  }
  const password = await keyPassword(terminal, { file: options.passwordFile })
  // A backup that does not open is none.
  for (const kind of kinds) await openKey(folder, kind, password)
  const files = kinds.map((kind) => [kind, readPrivateJson(keyFile(folder, kind))] as const)
  const value = options.kind
    ? (files[0]?.[1] as object)
    : keyBundle(options.node, Object.fromEntries(files))
  try {
    writePrivate(out, keyText(value), true)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it exists already' : message
    throw new CliError('FILE', `cannot write ${out}`, why, 'give another file with --out')
  }
  const say = speaker(options, terminal)
  say.line(`${kinds.join(', ')}: encrypted, in ${out}`)
  say.line('it opens with the password of the keys: keep that in another place')
  say.document({ file: out, exported: kinds })
}

export function keysExportCommand(terminal: Terminal): Command {
  return withPassword(keysCommand('export', 'write the encrypted keys to one file'))
    .requiredOption('--out <file>', 'a file that does not exist yet')
    .addOption(new Option('--kind <kind>', 'only this key, in its standard format').choices(KINDS))
    .action((options: ExportOptions) => exportKeys(options, terminal))
}

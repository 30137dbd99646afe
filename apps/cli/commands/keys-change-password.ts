// aitbc keys change-password: encrypts a node's keys with another password.

import type { Command } from 'commander'
import { KeyError } from '../../../compute/keystore/key-error.ts'
import { speaker } from '../base-command.ts'
import { keyPassword, newKeyPassword } from '../key-password.ts'
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

interface ChangeOptions extends KeysOptions, CostOptions {
  readonly newPasswordFile?: string
}

export function keysChangePasswordCommand(terminal: Terminal): Command {
  const command = keysCommand('change-password', 'encrypt the keys with another password')
  return withCost(withPassword(command))
    .option('--new-password-file <file>', 'its first line is the new password')
    .action(async (options: ChangeOptions) => {
      const { changePassword, kindsIn } = await import('../../node/keys/key-folder.ts')
      const folder = keysPlace(options, terminal)
      if (kindsIn(folder).length === 0) {
        const hint = 'name their node with --node'
        throw new KeyError('KEYS_MISSING', `there are no keys in ${folder}`, hint)
      }
      const from = await keyPassword(terminal, {
        file: options.passwordFile,
        question: 'the present password: ',
      })
      const password = await newKeyPassword(terminal, {
        file: options.newPasswordFile,
        question: 'the new password: ',
        fromEnvironment: false,
      })
      const changed = await changePassword(folder, from, { password, ...costOf(options) })
      const say = speaker(options, terminal)
      say.line(`${changed.join(', ') || 'no key'} changed in ${folder}`)
      say.line('backups made before open with the former password')
      say.document({ folder, changed })
    })
}

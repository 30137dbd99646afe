// aitbc keys show: a validator's public identity, for people or (--public) as the file that it
// hands to others.

import type { Command } from 'commander'
import { KeyError } from '../../../compute/keystore/key-error.ts'
import { speaker } from '../base-command.ts'
import { keyPassword } from '../key-password.ts'
import { type KeysOptions, keysCommand, keysPlace, withPassword } from '../keys-place.ts'
import { identityLines } from '../screen/identity-lines.ts'
import type { Terminal } from '../terminal.ts'

interface ShowOptions extends KeysOptions {
  readonly public?: boolean
}

export function keysShowCommand(terminal: Terminal): Command {
  return withPassword(keysCommand('show', 'show what is public of the keys'))
    .option('--public', 'the identity file to hand to others, on stdout')
    .action(async (options: ShowOptions) => {
      const { kindsIn } = await import('../../node/keys/key-folder.ts')
      const { KEY_KINDS } = await import('../../node/keys/key-kinds.ts')
      const { readIdentity, refreshIdentity } = await import('../../node/keys/identity-file.ts')
      const { signStateOf } = await import('../../node/keys/sign-state.ts')
      const folder = keysPlace(options, terminal)
      const kinds = kindsIn(folder)
      const missing = KEY_KINDS.filter((kind) => !kinds.includes(kind))
      if (missing.length > 0) {
        const what = `${folder} has no ${missing.join(', ')} key`
        const hint = 'make keys with ./aitbc keys new, or bring them with ./aitbc keys import'
        throw new KeyError('KEYS_MISSING', what, hint)
      }
      const made = async () => {
        const password = await keyPassword(terminal, { file: options.passwordFile })
        return refreshIdentity(folder, options.node, password)
      }
      const identity = readIdentity(folder) ?? (await made())
      if (!identity) throw new Error('all keys are there, but no identity came of them')
      if (options.public) {
        terminal.out(`${JSON.stringify(identity, null, 2)}\n`)
        return
      }
      const say = speaker(options, terminal)
      const state = signStateOf(folder)
      say.line(`${identity.name}: ${folder} (${state})`)
      for (const line of identityLines(identity)) say.line(line)
      say.document({ folder, sign_state: state, identity })
    })
}

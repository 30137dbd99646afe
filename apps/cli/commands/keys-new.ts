// aitbc keys new: four fresh keys for a validator, encrypted with a password.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { newKeyPassword } from '../key-password.ts'
import {
  type CostOptions,
  costOf,
  type KeysOptions,
  keysCommand,
  keysPlace,
  withCost,
  withPassword,
} from '../keys-place.ts'
import { identityLines } from '../screen/identity-lines.ts'
import type { Terminal } from '../terminal.ts'

export function keysNewCommand(terminal: Terminal): Command {
  return withCost(withPassword(keysCommand('new', 'make the four keys of a validator'))).action(
    async (options: KeysOptions & CostOptions) => {
      const { keysExist, kindsIn, newKeys } = await import('../../node/keys/key-folder.ts')
      const { writeIdentity } = await import('../../node/keys/identity-file.ts')
      const { markKey } = await import('../../node/keys/sign-state.ts')
      const folder = keysPlace(options, terminal)
      if (kindsIn(folder).length > 0) throw keysExist(folder)
      const password = await newKeyPassword(terminal, {
        file: options.passwordFile,
        question: 'a new password for the keys: ',
      })
      const secrets = await newKeys(folder, { password, ...costOf(options) })
      markKey(folder, 'made')
      const identity = writeIdentity(folder, options.node, secrets)
      const say = speaker(options, terminal)
      say.line(`the keys of ${options.node} are in ${folder}`)
      for (const line of identityLines(identity)) say.line(line)
      say.line('keep a copy: ./aitbc keys export --out FILE, and the password apart from it')
      say.document({ folder, identity })
    },
  )
}

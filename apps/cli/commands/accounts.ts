// aitbc accounts: the development accounts and their public keys.

import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

const WARNING = 'These keys are public. Whatever is sent to them on a real network is lost.'

export function accountsCommand(terminal: Terminal): Command {
  return baseCommand('accounts', 'list the development accounts').action(
    async (options: BaseOptions) => {
      const { readEndpoints } = await import('../../node/endpoints.ts')
      const { DEV_MNEMONIC, devAccounts } = await import('../../node/dev-keys.ts')
      const accounts = readEndpoints(dataDirectory(options, terminal))?.accounts ?? devAccounts()
      const say = speaker(options, terminal)
      say.line(WARNING)
      const rows = accounts.map((account) => [account.name, account.address, account.privateKey])
      for (const line of table([['name', 'address', 'private key'], ...rows])) say.line(` ${line}`)
      say.line(`phrase: ${DEV_MNEMONIC}`)
      say.document({ accounts, mnemonic: DEV_MNEMONIC, warning: WARNING })
    },
  )
}

// aitbc keys list: which nodes of the data folder have keys, and how they are.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

interface Listed {
  readonly node: string
  readonly folder: string
  readonly kinds: readonly string[]
  readonly account: string | null
  readonly sign_state: string | null
  /** What is wrong with the folder. */
  readonly fault: string | null
}

async function listed(node: string, folder: string): Promise<Listed> {
  const { kindsIn } = await import('../../node/keys/key-folder.ts')
  const { readIdentity } = await import('../../node/keys/identity-file.ts')
  const { refuseExposed } = await import('../../node/keys/private-file.ts')
  const { signStateOf } = await import('../../node/keys/sign-state.ts')
  const kinds = kindsIn(folder)
  try {
    refuseExposed(folder)
    for (const kind of kinds) refuseExposed(join(folder, `${kind}.json`))
    const account = readIdentity(folder)?.account ?? null
    return { node, folder, kinds, account, sign_state: signStateOf(folder), fault: null }
  } catch (error) {
    const fault = (error as Error).message
    return { node, folder, kinds, account: null, sign_state: null, fault }
  }
}

export function keysListCommand(terminal: Terminal): Command {
  return baseCommand('list', 'list the nodes of the data folder that have keys').action(
    async (options: BaseOptions) => {
      const nodes = join(dataDirectory(options, terminal), 'nodes')
      const names = existsSync(nodes) ? readdirSync(nodes).sort() : []
      const found: Listed[] = []
      for (const node of names) {
        const folder = join(nodes, node, 'keys')
        if (existsSync(folder)) found.push(await listed(node, folder))
      }
      const say = speaker(options, terminal)
      if (found.length === 0) say.line(`no keys in ${nodes}; ./aitbc keys new makes some`)
      const rows = found.map(({ node, kinds, account, sign_state, fault }) => [
        node,
        kinds.join(' '),
        account ?? '',
        fault ?? sign_state ?? '',
      ])
      for (const line of table(rows)) say.line(line)
      say.document({ keys: found })
    },
  )
}

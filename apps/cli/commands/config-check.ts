// aitbc config check [FILE]: whether a node.toml can be used, without starting anything.

import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import type { Terminal } from '../terminal.ts'
import { readSettings } from '../up-environment.ts'

export function configCheckCommand(terminal: Terminal): Command {
  return baseCommand('check', 'check a configuration file')
    .argument('[file]', 'a node.toml (default config/node.toml of the project)')
    .action(async (given: string | undefined, options: BaseOptions) => {
      const { packageRoot } = await import('../../../lib/package-root.ts')
      const usual = () => join(packageRoot(), 'config', 'node.toml')
      const file = given === undefined ? usual() : resolve(terminal.cwd, given)
      const { settings, notices } = await readSettings(terminal, file)
      const say = speaker(options, terminal)
      const fromFile = Object.values(settings).filter(({ source }) => source === file).length
      const others = Object.values(settings).filter(({ source }) => source !== file)
      const over = others.length > 0 ? `; the environment sets ${others.length} settings` : ''
      say.line(`${file} is right: ${fromFile} settings${over}`)
      for (const notice of notices) say.line(`  ! ${notice}`)
      say.document({ ok: true, file, notices })
    })
}

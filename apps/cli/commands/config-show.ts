// aitbc config show: the settings in effect, without secrets, and where each comes from.

import type { Command } from 'commander'
import {
  SETTING_NAMES,
  SETTINGS,
  settingPath,
  settingVariable,
} from '../../../config/node-settings.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'
import { readSettings } from '../up-environment.ts'

interface ShowOptions extends BaseOptions {
  readonly config?: string
}

interface Shown {
  readonly name: string
  readonly value: string | number | boolean | null
  readonly source: string
}

/** A database URL may hold a password; of the keys' password only that it is set. */
function secretVariables(env: Terminal['env']): Shown[] {
  const shown: Shown[] = []
  if (env.AITBC_DB_URL) {
    const value = env.AITBC_DB_URL.replace(/(:\/\/[^:/@]*:)[^@]*@/, '$1***@')
    shown.push({ name: 'database', value, source: 'AITBC_DB_URL' })
  }
  if (env.AITBC_KEY_PASSWORD) {
    shown.push({ name: 'key password', value: '***', source: 'AITBC_KEY_PASSWORD' })
  }
  return shown
}

export function configShowCommand(terminal: Terminal): Command {
  return baseCommand('show', 'print the settings in effect, and where each comes from')
    .option('--config <file>', 'a node.toml; without it, the environment alone')
    .action(async (options: ShowOptions) => {
      const environment = await readSettings(terminal, options.config)
      const { settings, network, chainId } = environment
      const rows: Shown[] = SETTING_NAMES.map((name) => {
        const set = settings[name]
        const source = set?.source ?? `not set: ${SETTINGS[name].unset}`
        return { name: settingPath(name), value: set?.value ?? null, source }
      })
      const env = { ...terminal.env, AITBC_STORAGE_DATA_DIR: settings.dataDir?.value }
      const data = dataDirectory(options, { ...terminal, env })
      const where = options.data === undefined ? 'settings and defaults' : '--data'
      rows.push({ name: 'data folder', value: data, source: where })
      if (network) rows.push({ name: 'network', value: network, source: 'AITBC_NETWORK' })
      if (chainId !== undefined) {
        rows.push({ name: 'chain id', value: Number(chainId), source: 'AITBC_CHAIN_ID' })
      }
      rows.push(...secretVariables(terminal.env))
      const say = speaker(options, terminal)
      const cells = rows.map(({ name, value, source }) => [name, String(value ?? '-'), source])
      for (const line of table(cells)) say.line(line)
      const variables = SETTING_NAMES.map(settingVariable)
      say.document({ settings: rows, variables })
    })
}

// The data folder of a cluster that is about to start: --data, what the configuration sets, or
// .aitbc/<its network>.

import type { NodeSettings } from '../../config/node-settings.ts'
import { type BaseOptions, dataDirectory } from './base-command.ts'
import type { Terminal } from './terminal.ts'

export interface NetworkPlace {
  /** Its name. */
  readonly network: string
  readonly settings: NodeSettings
}

export function networkDirectory(
  options: BaseOptions,
  terminal: Terminal,
  { network, settings }: NetworkPlace,
): string {
  const env = {
    ...terminal.env,
    AITBC_NETWORK: terminal.env.AITBC_NETWORK || network,
    AITBC_STORAGE_DATA_DIR: settings.dataDir?.value,
  }
  return dataDirectory(options, { ...terminal, env })
}

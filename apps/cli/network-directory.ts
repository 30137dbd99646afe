// The data folder of a cluster that is about to start: --data, or .aitbc/<its network>.

import { type BaseOptions, dataDirectory } from './base-command.ts'
import type { Terminal } from './terminal.ts'

export function networkDirectory(
  options: BaseOptions,
  terminal: Terminal,
  network: string,
): string {
  const env = { ...terminal.env, AITBC_NETWORK: terminal.env.AITBC_NETWORK || network }
  return dataDirectory(options, { ...terminal, env })
}

// The options of `aitbc up`.

import type { ModeChoice } from '../../config/node-settings.ts'
import type { BaseOptions } from './base-command.ts'
import type { StartOptions } from './start-options.ts'

export interface UpOptions extends BaseOptions, StartOptions {
  readonly mode?: ModeChoice
  readonly ports?: 'auto' | 'topology'
  readonly detach?: boolean
  readonly quiet?: boolean
  readonly reset?: boolean
}

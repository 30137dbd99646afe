// The options of `aitbc up`.

import type { ModeChoice } from '../../config/env.ts'
import type { BaseOptions } from './base-command.ts'

export interface UpOptions extends BaseOptions {
  readonly mode?: ModeChoice
  readonly ports?: 'auto' | 'topology'
  readonly detach?: boolean
  readonly quiet?: boolean
  readonly reset?: boolean
}

// The options of `aitbc up`.

import type { BaseOptions } from './base-command.ts'

export interface UpOptions extends BaseOptions {
  readonly ports?: 'auto' | 'topology'
  readonly detach?: boolean
  readonly quiet?: boolean
  readonly reset?: boolean
}

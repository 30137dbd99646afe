// What a detached cluster tells the command that started it, over the process channel.

import type { ClusterEvent } from '../node/cluster-events.ts'
import type { CliErrorCode } from './cli-error.ts'

export type UpMessage =
  | { readonly type: 'event'; readonly event: ClusterEvent }
  | {
      readonly type: 'error'
      readonly code: CliErrorCode
      readonly message: string
      readonly why: string
      readonly hint: string
    }

/** Does nothing when nobody listens (any more). */
export function tellStarter(message: UpMessage): void {
  if (process.connected) process.send?.(message, () => {})
}

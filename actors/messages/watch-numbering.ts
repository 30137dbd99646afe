// Asks the own node's chain again and again which shards there are.

import type { Context } from '../../runtime/context.ts'
import type { Reply } from '../../runtime/messages.ts'
import { BlockBuilderMessages } from './block-builder.ts'

export type Numbering = Reply<(typeof BlockBuilderMessages)['verbs'], 'Numbering'>

const EVERY_MS = 250
const WITHIN_MS = 2000
/** Of a chain that is not there yet. */
const RETRY_MS = 50

/** `see` hears of what is so after the last final block, also when it is what it was. */
export function watchNumbering(ctx: Context, node: string, see: (found: Numbering) => void): void {
  const again = (ms: number) => ctx.after('numbering', ms, () => watchNumbering(ctx, node, see))
  ctx.ask(BlockBuilderMessages, node, 'Numbering', null, {
    within: WITHIN_MS,
    ok: (found) => {
      see(found)
      again(EVERY_MS)
    },
    failed: () => again(RETRY_MS),
  })
}

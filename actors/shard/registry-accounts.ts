// Owners and keys of a shard's accounts, from the base chain: for batches whose registrations this
// shard did not see. They are written down as they come, since the chain will not say otherwise.

import type { Context } from '../../runtime/context.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import type { AccountBook } from './account-keys.ts'
import { accountPut } from './checkpoint-rows.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import type { ShardKeeper } from './shard-rows.ts'

const ASK_MS = 5000
const RETRY_MS = 200

export function readRegistry(
  ctx: Context,
  props: ShardProps,
  rows: ShardKeeper,
  book: AccountBook,
  done: () => void,
  from = 0,
): void {
  const { node, shard } = props
  const on = (index: number) => readRegistry(ctx, props, rows, book, done, index)
  ctx.ask(
    BlockBuilderMessages,
    node,
    'RollupAccounts',
    { shard, from },
    {
      within: ASK_MS,
      ok: ({ accounts, next }) => {
        const puts = accounts.map(({ index, ...account }) => {
          book.restore(index, account)
          return accountPut(seriesOf(props), index, account)
        })
        rows.commit(puts, () => {
          if (next === undefined) done()
          else on(next)
        })
      },
      failed: () => ctx.after('recover', RETRY_MS, () => on(from)),
    },
  )
}

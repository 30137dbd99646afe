// snapshot-maker: looks at the last final block now and then, and when an epoch has ended has a
// snapshot made, off the block path, by a task in a thread of its own that decides what is due. It
// only reads the chain store.

import { SNAPSHOT_LOOK_MS, SNAPSHOT_MAKE_MS } from '../../config/limits.ts'
import { u64 } from '../../lib/bytes.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { unpackExtraData } from '../../protocol/block/extra-data.ts'
import { CHAIN_TABLES, META_FINAL } from '../../protocol/state/tables.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { failureText } from '../../runtime/failure.ts'
import { SnapshotMakerMessages } from '../messages/snapshot-maker.ts'
import { MakeSnapshot } from '../messages/tasks.ts'

interface Seen {
  height: number
  epoch: number
}

/** Decoded only when the chain has moved. */
function look({ store }: Context, seen: Seen): boolean {
  const row = store.get(CHAIN_TABLES.meta, META_FINAL)
  if (!row) return false
  const bytes = store.get(CHAIN_TABLES.blocks, row)
  if (!bytes) return false
  const { header } = decodeBlock(bytes)
  const epoch = unpackExtraData(header.extraData)?.epoch ?? 0
  const isNew = epoch !== seen.epoch
  seen.height = header.height
  seen.epoch = epoch
  return isNew && epoch > 0
}

export const SnapshotMaker = actor({
  messages: SnapshotMakerMessages,
  restart: 'permanent',
  mailbox: { capacity: 64, overflow: 'reject' },
  setup(ctx, _props: null) {
    const seen = { height: 0, epoch: 0 }
    const made = { height: 0, failed: 0 }
    let final: Uint8Array = u64(0)
    const later = () => ctx.after('look', SNAPSHOT_LOOK_MS, check)
    const make = () => {
      ctx.run(MakeSnapshot, null, {
        within: SNAPSHOT_MAKE_MS,
        ok: (done) => {
          if (done) {
            made.height = done.height
            ctx.log('info', 'snapshot-made', { ...done })
            ctx.reached('snapshot-made')
          }
          later()
        },
        failed: (failure) => {
          made.failed++
          ctx.log('warn', 'no snapshot could be made', { why: failureText(failure) })
          later()
        },
      })
    }
    const check = () => {
      const now = ctx.store.get(CHAIN_TABLES.meta, META_FINAL)
      const moved = now?.some((byte, i) => byte !== final[i])
      if (now && moved) final = now.slice()
      if (moved && look(ctx, seen)) make()
      else later()
    }
    later()
    return {
      Status(_, reply) {
        reply(made)
      },
      inspect: () => ({ ...seen, ...made }),
    }
  },
})

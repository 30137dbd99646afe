// Where a shard starts: at its last checkpoint, or at the genesis.

import type { Hex } from '../../lib/hex.ts'
import { genesisParent } from '../../protocol/rollup/claim.ts'
import { genesisState } from '../../protocol/rollup/genesis-state.ts'
import { NO_ROOT } from '../../protocol/rollup/shard-record.ts'
import { ShardState } from '../../protocol/rollup/shard-state.ts'
import type { Context } from '../../runtime/context.ts'
import { type Checkpoint, readCheckpoint, restoreCheckpoint } from './checkpoint-rows.ts'
import type { Point } from './claim-line.ts'
import { placeOf, type ShardProps, seriesOf } from './shard-props.ts'

export interface StartState {
  readonly state: ShardState
  readonly root: Hex
  readonly final: Point
  readonly checkpoint: Checkpoint | undefined
}

export function startState(ctx: Context, props: ShardProps): StartState {
  const { config, shard, genesisHash, ports } = props
  const checkpoint = readCheckpoint(ctx.store, seriesOf(props))
  if (checkpoint) {
    const state = restoreCheckpoint(ctx.store, seriesOf(props), checkpoint, ports.hashPairs)
    const { number, hash, root } = checkpoint
    if (state) {
      ctx.reached('shard-restored')
      return { state, root, final: { number, hash }, checkpoint }
    }
    // All batches again lead to the same state, as long as they are here or with a peer.
    ctx.log('error', 'shard-checkpoint-broken', { shard, number, root })
  }
  if (props.numbers && props.numbers.generation > 0) {
    // Only a state of peers helps: what the shards before it had is not here.
    const state = new ShardState(placeOf(props))
    const final = { number: 0, hash: NO_ROOT }
    return { state, root: NO_ROOT, final, checkpoint: undefined }
  }
  const { state, root } = genesisState(config, shard)
  const final = { number: 0, hash: genesisParent(genesisHash, shard) }
  return { state, root, final, checkpoint: undefined }
}

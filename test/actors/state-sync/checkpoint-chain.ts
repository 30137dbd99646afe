// A chain of nine epochs whose validators and modes change, with a snapshot at its end, for nodes
// that know only the end of an old epoch; and what peers answer that lack some checkpoints.

import { genesisRows } from '../../../actors/block-builder/chain-rows.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { u64 } from '../../../lib/bytes.ts'
import { headerTimeMs } from '../../../protocol/block/extra-data.ts'
import { encodeHeader } from '../../../protocol/block/header-codec.ts'
import { FINALIZE } from '../../../protocol/consensus/vote.ts'
import type { ShownAnchor } from '../../../protocol/light/anchor-state.ts'
import type { StoredStep } from '../../../protocol/light/search-path.ts'
import { blockRows } from '../../../protocol/state/block-rows.ts'
import { CHAIN_TABLES, META_FINAL } from '../../../protocol/state/tables.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { testGenesis } from '../../protocol/chain-world.ts'
import { EPOCH_BLOCKS, LightWorld, type Member } from '../../protocol/light/light-world.ts'
import { filesOf, type SyncChain } from './sync-world.ts'

const authority = (id: number): Member => ({ id, stake: 10n, authority: true })
const staker = (id: number): Member => ({ id, stake: 30n, authority: false })
const FIRST = [0, 1, 2, 3].map(authority)
const SECOND = [...FIRST, staker(10), staker(11)]
const THIRD = [...[1, 2, 3, 4].map(authority), staker(10), staker(12)]

export const light = new LightWorld([
  { mode: 0, members: FIRST },
  { mode: 0, members: FIRST },
  { mode: 1, members: FIRST },
  { mode: 1, members: SECOND },
  { mode: 2, members: SECOND },
  { mode: 2, members: THIRD },
  { mode: 1, members: THIRD },
  { mode: 0, members: THIRD },
  { mode: 0, members: THIRD },
])

/** The epoch whose end the node trusts, and the one whose end the snapshot is of. */
export const TRUSTED = 1
export const LAST = 7

export const END = light.boundary(LAST)

function store(): MemoryStore {
  const kept = new MemoryStore()
  const certificate = light.certificate(FINALIZE, LAST, END.hash, light.all(LAST))
  const rows = [
    ...genesisRows({ ...testGenesis(), block: light.genesis }),
    ...blockRows(END, [], { finalAtMs: headerTimeMs(END.header), certificate }),
    { table: CHAIN_TABLES.meta, key: META_FINAL, value: u64((LAST + 1) * EPOCH_BLOCKS) },
  ]
  kept.commit(rows, (error) => {
    if (error) throw error
  })
  return kept
}

export const source = store()

export type Shown = StoredStep & ShownAnchor & { readonly sets: Uint8Array[] }

/** As an archive answers that has the checkpoints of these epochs. */
export function shown(epoch: number, has: (epoch: number) => boolean = () => true) {
  let at = Math.min(epoch, LAST)
  while (at >= 0 && !has(at)) at--
  if (at < 0) return undefined
  const { header, sidecar } = light.boundary(at)
  const step = light.step(at)
  const sets = [...new Map(step.sets.map((set) => [set.join(), set])).values()]
  return { ...step, epoch: at, sets, header: encodeHeader(header), sidecar }
}

export function checkpointChain(over: Partial<SyncChain> = {}): SyncChain {
  const { hash } = light.boundary(TRUSTED)
  return {
    genesis: light.genesis,
    trustedHash: hash,
    trustedEpoch: { epoch: TRUSTED, hash, bls: blsNative },
    files: filesOf(source, END.header.height, light.genesis.hash),
    nowMs: headerTimeMs(END.header) + 60_000,
    checkpoint: (_, epoch) => shown(epoch),
    ...over,
  }
}

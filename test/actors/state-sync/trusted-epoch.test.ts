// State sync from the end of an old epoch that the operator trusts: stake checkpoints of the peers
// lead from there to their newest snapshot, through changes of validators and modes. Peers that
// forge and peers that lack checkpoints are told apart.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { u64 } from '../../../lib/bytes.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { FINALIZE } from '../../../protocol/consensus/vote.ts'
import { WEAK_SUBJECTIVITY_MS } from '../../../protocol/params.ts'
import {
  encodeManifest,
  type SnapshotManifest,
} from '../../../protocol/snapshot/snapshot-manifest.ts'
import { CHAIN_TABLES, decodeCheckpointRow, META_FINAL } from '../../../protocol/state/tables.ts'
import { NO_FAULTS } from '../../../runtime/sim/faults.ts'
import { drawFaults, heal } from '../../sim/swarm.ts'
import { checkpointChain, END, LAST, light, shown, source, TRUSTED } from './checkpoint-chain.ts'
import { NODE, rowsOf, type SyncChain, syncWorld } from './sync-world.ts'

type Sync = ReturnType<typeof syncWorld>

function finalOf({ world }: Sync): string | undefined {
  return rowsOf(world, CHAIN_TABLES.meta).get(bytesToHex(META_FINAL))
}

const WHOLE = bytesToHex(u64(END.header.height))

function run(chain: SyncChain, peers = 2, ms = 60_000): Sync {
  const kinds = Array.from({ length: peers }, () => 'honest' as const)
  const sync = syncWorld('trusted-epoch', NO_FAULTS, kinds, chain)
  sync.world.runFor(ms)
  return sync
}

/** A checkpoint that one validator alone signed, with other rules than the chain's. */
function forged(epoch: number) {
  const true_ = shown(epoch)
  if (!true_) return undefined
  const whole = light.checkpoint(true_.epoch)
  const checkpoint = { ...whole, next: { ...whole.next, mode: 2 as const } }
  const { certificate, checkpoint: bytes } = light.step(true_.epoch, [0], checkpoint)
  return { ...true_, certificate, checkpoint: bytes }
}

test('five epochs and two changes of the validators later, with the rows to serve it on', () => {
  const sync = run(checkpointChain())
  assert.is(finalOf(sync), WHOLE)
  assert.is(sync.ready(), 1)
  for (const table of [CHAIN_TABLES.accounts, CHAIN_TABLES.storage]) {
    const wanted = source.range(table, { limit: 1e6 })
    assert.equal(
      rowsOf(sync.world, table),
      new Map(wanted.map(([key, value]) => [bytesToHex(key), bytesToHex(value)])),
    )
  }
  const rows = rowsOf(sync.world, CHAIN_TABLES.checkpoints)
  const first = rows.get(bytesToHex(u64(TRUSTED)))
  assert.ok(first && rows.size >= 3, `${rows.size} checkpoints`)
  const sets = rowsOf(sync.world, CHAIN_TABLES.sets)
  for (const row of rows.values()) {
    const { signers } = decodeCheckpointRow(Buffer.from(row.slice(2), 'hex'))
    assert.ok(sets.has(signers), `${signers} signed and is not stored`)
  }
})

test('a forged checkpoint is named and its peer passed over; with forgers alone there is no chain', () => {
  // Whoever answers first is followed first.
  const marks = [0, 1].map((forger) => {
    const checkpoint = (peer: number, at: number) => (peer === forger ? forged(at) : shown(at))
    const one = run(checkpointChain({ checkpoint }))
    assert.is(finalOf(one), WHOLE)
    return one.world.marks.get('state-sync-false-checkpoint') ?? 0
  })
  assert.equal(marks.sort(), [0, 1])
  const all = run(checkpointChain({ checkpoint: (_, at) => forged(at) }))
  assert.is(finalOf(all), undefined)
  // The first step is true, and the forgery comes later.
  const late = run(
    checkpointChain({ checkpoint: (_, at) => (at <= TRUSTED ? shown(at) : forged(at)) }),
  )
  assert.is(finalOf(late), undefined)
})

test('a snapshot whose block another quorum signed is refused on the true path', () => {
  const chain = checkpointChain()
  const { manifest } = chain.files
  const few = light.certificate(FINALIZE, LAST, END.hash, [0, 1])
  const bytes = encodeManifest({ ...manifest, certificate: few } as SnapshotManifest)
  const files = { ...chain.files, bytes, manifest: { ...manifest, certificate: few } }
  assert.is(finalOf(run({ ...chain, files })), undefined)
})

test('a peer with a gap is no forger: another leads over it; a gap at all of them is waited out', () => {
  const gap = (at: number) => shown(at, (epoch) => epoch <= TRUSTED || epoch >= 6)
  const one = run(checkpointChain({ checkpoint: (peer, at) => (peer ? shown(at) : gap(at)) }))
  assert.is(finalOf(one), WHOLE)
  assert.not.ok(one.world.marks.get('state-sync-false-checkpoint'))
  // It came later than the trusted epoch, as a node that was synced from a snapshot.
  const young = (at: number) => shown(at, (epoch) => epoch > TRUSTED)
  const two = run(checkpointChain({ checkpoint: (peer, at) => (peer ? shown(at) : young(at)) }))
  assert.is(finalOf(two), WHOLE)
  let open = false
  const chain = checkpointChain({ checkpoint: (_, at) => (open ? shown(at) : gap(at)) })
  const all = run(chain)
  assert.is(finalOf(all), undefined)
  open = true
  all.world.runFor(60_000)
  assert.is(finalOf(all), WHOLE)
})

test('a trusted epoch beyond the weak-subjectivity period, or another hash, leads nowhere', () => {
  const { header } = light.boundary(TRUSTED)
  const ended = header.timestamp * 1000
  const limit = ended + WEAK_SUBJECTIVITY_MS
  assert.is(finalOf(run(checkpointChain({ nowMs: limit - 61_000 }))), WHOLE)
  assert.is(finalOf(run(checkpointChain({ nowMs: limit + 1000 }))), undefined)
  const pruned = (_: number, at: number) => {
    const whole = shown(at)
    return whole && { ...whole, header: new Uint8Array(0), sidecar: new Uint8Array(0) }
  }
  assert.is(finalOf(run(checkpointChain({ checkpoint: pruned }))), undefined)
  const chain = checkpointChain()
  const { trustedEpoch } = chain
  if (!trustedEpoch) throw new Error('no trusted epoch')
  const wrong = { ...trustedEpoch, epoch: TRUSTED + 1 }
  assert.is(finalOf(run({ ...chain, trustedEpoch: wrong })), undefined)
  const { hash } = light.boundary(TRUSTED + 1)
  const other = { ...trustedEpoch, hash }
  assert.is(finalOf(run({ ...chain, trustedHash: hash, trustedEpoch: other })), undefined)
})

test('6 seeds of crashes, torn disks and lossy links among forgers and gaps', () => {
  for (let seed = 0; seed < 6; seed++) {
    const random = prng(`trusted-epoch/${seed}`)
    const kinds = ['honest', 'honest', 'false-manifest', 'honest', 'busy'] as const
    const gap = (at: number) => shown(at, (epoch) => epoch <= 2 || epoch >= 6)
    const chain = checkpointChain({
      checkpoint: (peer, at) => (peer === 0 ? forged(at) : peer === 1 ? gap(at) : shown(at)),
    })
    const sync = syncWorld(`trusted-epoch/${seed}`, drawFaults(random), kinds, chain)
    for (let i = 0; i < 5; i++) {
      sync.world.runFor(200 + random.below(4000))
      const victim = random.chance(0.6) ? NODE : `p${random.below(kinds.length)}`
      sync.world.crash(victim)
      sync.world.runFor(random.below(500))
      sync.world.start(victim)
    }
    heal(sync.world)
    sync.world.runFor(240_000)
    assert.is(finalOf(sync), WHOLE, `seed ${seed}`)
  }
})

test.run()

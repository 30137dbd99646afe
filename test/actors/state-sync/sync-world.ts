// A simulated node that starts from a snapshot, and peers that have it: some honest, some not.

import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import type { TrustedEpoch } from '../../../actors/state-sync/follow-checkpoints.ts'
import { StateSync } from '../../../actors/state-sync/state-sync.ts'
import { concatBytes } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import type { Infer } from '../../../lib/schema.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { keccak, keccakHex } from '../../../protocol/crypto/keccak.ts'
import {
  decodeManifest,
  encodeManifest,
  type SnapshotManifest,
} from '../../../protocol/snapshot/snapshot-manifest.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Faults } from '../../../runtime/sim/faults.ts'
import { World } from '../../../runtime/sim/world.ts'
import type { Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { makeSnapshot } from '../../../storage/snapshot/make-snapshot.ts'
import { emptyArchive } from '../../apps/coordinator/empty-archive.ts'
import { FinalChain } from '../../kit/final-chain.ts'
import { CHAIN_ID, sign, testGenesis, WALLETS, type Wallet } from '../../protocol/chain-world.ts'

export const NODE = 'joiner'
const ACCOUNTS = 200
const [ann, ben] = WALLETS as [Wallet, Wallet]

const addresses = Array.from({ length: ACCOUNTS }, (_, i) =>
  bytesToHex(keccak(concatBytes(Uint8Array.of(9), Uint8Array.of(i, i >> 8))).subarray(12)),
)
export const genesis = testGenesis([...WALLETS.map(({ address }) => address), ...addresses])

export interface Files {
  readonly bytes: Uint8Array
  readonly manifest: SnapshotManifest
  readonly chunks: readonly Uint8Array[]
}

export const source = new FinalChain(new MemoryStore(), { genesis })
for (let nonce = 0; nonce < 3; nonce++) source.add([sign(ann, { nonce, to: ben.address })])

export function filesOf(store: Store, height: number, genesisHash: Hex): Files {
  const chunks: Uint8Array[] = []
  let bytes = new Uint8Array(0)
  const sink = {
    chunk: (index: number, chunk: Uint8Array) => {
      chunks[index] = chunk
    },
    manifest: (written: Uint8Array) => {
      bytes = Uint8Array.from(written)
    },
  }
  makeSnapshot({ store, chainId: CHAIN_ID, genesisHash }, height, sink, { chunkBytes: 1500 })
  const manifest = decodeManifest(bytes)
  if (typeof manifest === 'string') throw new Error(manifest)
  return { bytes, manifest, chunks }
}

export const honest = filesOf(source.store, source.tip.block.header.height, genesis.block.hash)

/** The same block with a list of chunks whose rows are made up. */
function madeUp(honest: Files): Files {
  const chunks = [...honest.chunks]
  const rich = Uint8Array.from(chunks[2] as Uint8Array)
  rich[60] = (rich[60] as number) ^ 1
  chunks[2] = rich
  const { manifest } = honest
  const bytes = encodeManifest({ ...manifest, chunks: chunks.map((one) => keccakHex(one)) })
  return { bytes, manifest: decodeManifest(bytes) as SnapshotManifest, chunks }
}

export type PeerKind = 'honest' | 'bad-chunks' | 'false-manifest' | 'nothing' | 'busy'

export interface Served {
  manifests: number
  chunks: number
}

/** Counts what it is asked, by peer. */
export const served = new Map<string, Served>()

const NOTHING = new Uint8Array(0)

type Shown = Infer<typeof ArchiveMessages.verbs.Checkpoint.reply>

export interface SyncChain {
  readonly genesis: Block
  readonly trustedHash: Hex
  readonly trustedEpoch?: TrustedEpoch
  readonly files: Files
  readonly nowMs: number
  /** What a peer answers when asked for a checkpoint. */
  readonly checkpoint?: (peer: number, epoch: number) => Shown
}

const SOURCE: SyncChain = {
  genesis: genesis.block,
  trustedHash: source.tip.block.hash,
  files: honest,
  nowMs: source.tip.block.header.timestamp * 1000 + 60_000,
}

interface PeerProps {
  readonly kind: PeerKind
  readonly index: number
  readonly chain: SyncChain
}

const FakeArchive = actor({
  messages: ArchiveMessages,
  restart: 'permanent',
  mailbox: { capacity: 1000, overflow: 'reject' },
  setup(ctx, { kind, index: peer, chain }: PeerProps) {
    const set = kind === 'false-manifest' ? madeUp(chain.files) : chain.files
    const counts = served.get(ctx.self.key) ?? { manifests: 0, chunks: 0 }
    served.set(ctx.self.key, counts)
    return {
      ...emptyArchive.setup(ctx, null),
      Checkpoint({ epoch }, reply) {
        reply(chain.checkpoint?.(peer, epoch))
      },
      Manifest(_, reply) {
        counts.manifests++
        if (kind === 'nothing') reply({ code: 'NONE', manifest: NOTHING })
        else reply({ code: '', manifest: set.bytes })
      },
      Chunk({ index }, reply) {
        counts.chunks++
        const chunk = set.chunks[index] ?? NOTHING
        if (kind === 'busy' && ctx.random(3) > 0) reply({ code: 'BUSY', chunk: NOTHING })
        else if (kind === 'bad-chunks') reply({ code: '', chunk: chunk.map((byte) => byte ^ 1) })
        else reply({ code: '', chunk })
      },
    }
  },
})

export interface SyncWorld {
  readonly world: World
  readonly ready: () => number
}

export function syncWorld(
  seed: string,
  faults: Faults,
  kinds: readonly PeerKind[],
  chain: SyncChain = SOURCE,
): SyncWorld {
  served.clear()
  const peers = kinds.map((_, i) => `p${i}`)
  let ready = 0
  const world = new World({
    seed,
    faults,
    place: (kind, key) => (kind === 'archive' ? key : NODE),
    disk: () => 'chain',
    tasks: {},
    wallStartMs: chain.nowMs,
  })
  for (const [index, kind] of kinds.entries()) {
    const peer = peers[index] as string
    world.addNode(peer, (host) => host.spawn(FakeArchive, peer, { kind, index, chain }))
  }
  world.addNode(NODE, (host) =>
    host.spawn(StateSync, NODE, {
      chainId: CHAIN_ID,
      genesis: chain.genesis,
      peers,
      trustedHash: chain.trustedHash,
      trustedEpoch: chain.trustedEpoch,
      ready: () => {
        ready++
      },
    }),
  )
  return { world, ready: () => ready }
}

/** All rows of the node's disk. */
export function rowsOf(world: World, table: string): Map<string, string> {
  const rows = world.platter(NODE, 'chain').table(table).range({ limit: 1e6 })
  return new Map(rows.map(([key, value]) => [bytesToHex(key), bytesToHex(value)]))
}

export const trustedBytes = hexToBytes(source.tip.block.hash)

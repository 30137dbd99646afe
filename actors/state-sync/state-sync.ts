// state-sync: a node without a chain starts from a snapshot of its peers. It finds one that can be
// trusted, fetches its chunks from several peers, verifies all of it, and only then writes; the
// blocks since come the way they always do. Whatever was fetched is kept over a kill.

import { SYNC_RETRY_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { unpackExtraData } from '../../protocol/block/extra-data.ts'
import type { SnapshotManifest } from '../../protocol/snapshot/snapshot-manifest.ts'
import { refuse, type SnapshotVerdict } from '../../protocol/snapshot/snapshot-refusal.ts'
import { trustSnapshot } from '../../protocol/snapshot/trust-snapshot.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { StateSyncMessages } from '../messages/state-sync.ts'
import { FetchChunks } from './fetch-chunks.ts'
import { findSnapshot, type Offer } from './find-snapshot.ts'
import { FollowCheckpoints, type TrustedEpoch } from './follow-checkpoints.ts'
import { SyncStore } from './sync-store.ts'
import { WriteState } from './write-state.ts'

export interface StateSyncProps {
  readonly chainId: bigint
  readonly genesis: Block
  /** Keys of the archives that may have snapshots. */
  readonly peers: readonly string[]
  /** Hash of a final block, from a source that is trusted. */
  readonly trustedHash: Hex | undefined
  /** An epoch that ended with the trusted block: its checkpoint leads to newer snapshots. */
  readonly trustedEpoch?: TrustedEpoch | undefined
  /** Called once: the store has a chain. */
  readonly ready: () => void
}

interface Status {
  phase: string
  height: number
  done: number
  of: number
}

/** A refusal or silence of all peers is said once in so many tries. */
const SAY_EVERY = 15

class Sync {
  readonly status: Status = { phase: 'looking', height: 0, done: 0, of: 0 }
  private readonly ctx: Context
  private readonly props: StateSyncProps
  private readonly kept: SyncStore
  private readonly banned = new Set<string>()
  private readonly path: FollowCheckpoints | undefined
  private tries = 0

  constructor(ctx: Context, props: StateSyncProps) {
    this.ctx = ctx
    this.props = props
    this.kept = new SyncStore(ctx.store)
    const { chainId, genesis, trustedEpoch } = props
    const chain = { chainId, genesisHash: genesis.hash }
    this.path =
      trustedEpoch &&
      new FollowCheckpoints(ctx, chain, trustedEpoch, (peer) => {
        this.ctx.log('warn', 'a peer shows a false checkpoint and is not asked again', { peer })
        this.ctx.reached('state-sync-false-checkpoint')
        this.ban(peer)
      })
  }

  start(): void {
    if (this.kept.hasChain()) this.finish()
    else this.find()
  }

  private ban(peer: string): void {
    this.banned.add(peer)
  }

  private verdict(manifest: SnapshotManifest): SnapshotVerdict {
    const { chainId, genesis, trustedHash } = this.props
    const { path } = this
    const nowMs = this.ctx.wallTime()
    const trust = { chainId, genesisHash: genesis.hash, trustedHash, nowMs }
    if (!path) return trustSnapshot(manifest, trust)
    return trustSnapshot(manifest, { ...trust, certified: (one) => path.isCertified(one) })
  }

  /** With a trusted epoch, the checkpoints are followed to the epoch of the snapshot first. */
  private judge(
    manifest: SnapshotManifest,
    peer: string,
    done: (verdict: SnapshotVerdict) => void,
  ): void {
    const verdict = this.verdict(manifest)
    const { path } = this
    if (!path || verdict.ok || verdict.code !== 'UNTRUSTED') {
      done(verdict)
      return
    }
    const epoch = unpackExtraData(manifest.header.extraData)?.epoch ?? 0
    const others = this.props.peers.filter((other) => other !== peer && !this.banned.has(other))
    path.reach(epoch, [peer, ...others], (why) => {
      done(why === undefined ? this.verdict(manifest) : refuse('UNTRUSTED', why))
    })
  }

  private find(): void {
    this.status.phase = 'looking'
    const stored = this.kept.manifest()
    const known = stored && (this.path || this.verdict(stored).ok) ? stored : undefined
    const peers = this.props.peers.filter((peer) => !this.banned.has(peer))
    // With every peer banned, the one that is honest may be among them all the same.
    if (peers.length === 0) this.banned.clear()
    const hash = known?.hash ?? (this.path ? undefined : this.props.trustedHash)
    const judge: typeof this.judge = (...offer) => this.judge(...offer)
    findSnapshot(this.ctx, { peers, hash, judge }, (found) => {
      if ('why' in found) {
        if (this.tries++ % SAY_EVERY === 0) {
          this.ctx.log('warn', 'no snapshot to start from yet', { why: found.why })
        }
        // What was begun is gone everywhere, or never was any good: any other will do.
        const forget = known && (this.path || found.why.startsWith('no peer'))
        if (forget) this.forget(() => this.later())
        else this.later()
        return
      }
      this.choose(found, stored)
    })
  }

  private later(): void {
    this.ctx.after('find', SYNC_RETRY_MS, () => this.find())
  }

  /** Chunks of another manifest are of no use. */
  private choose(offer: Offer, stored: SnapshotManifest | undefined): void {
    const same =
      stored?.hash === offer.manifest.hash &&
      stored.chunks.length === offer.manifest.chunks.length &&
      stored.chunks.every((hash, i) => hash === offer.manifest.chunks[i])
    const begin = () => this.fetch(offer)
    if (same) begin()
    else {
      this.forget(() => {
        this.ctx.store.commit([this.kept.manifestPut(offer.bytes)], (error) => {
          if (error) throw new Error(`the manifest cannot be kept: ${error.message}`)
          begin()
        })
      })
    }
  }

  private fetch(offer: Offer): void {
    const { header, chunks } = offer.manifest
    Object.assign(this.status, { phase: 'fetching', height: header.height, done: 0 })
    this.status.of = chunks.length
    const peers = [...offer.peers]
    this.ctx.log('info', 'state-sync', { height: header.height, chunks: chunks.length, peers })
    const progress = this.progress('fetching')
    new FetchChunks(this.ctx, offer, this.kept, {
      progress,
      bad: (peer) => this.ban(peer),
      stuck: () => this.later(),
      complete: () => this.write(offer, peers),
    }).start()
  }

  private write(offer: Offer, peers: readonly string[]): void {
    this.status.phase = 'verifying'
    const work = new WriteState(this.ctx, offer.manifest, this.kept, (done) => {
      this.progress(this.status.phase)(done)
    })
    work.verify((verdict) => {
      if (!verdict.ok) {
        // The chunks are those of the manifest: whoever gave it has made it up.
        for (const peer of peers) this.ban(peer)
        const { code, detail } = verdict
        this.ctx.log('warn', 'a snapshot is false; its peers are not asked again', {
          peers,
          code,
          detail,
        })
        this.ctx.reached('state-sync-false-manifest')
        this.forget(() => this.later())
        return
      }
      this.status.phase = 'writing'
      work.write(this.props.genesis, this.path?.steps.values() ?? [], () => this.finish())
    })
  }

  private finish(): void {
    const { height } = this.status
    this.status.phase = 'done'
    if (height > 0) {
      this.ctx.log('info', 'state-sync-done', { height })
      this.ctx.reached('state-sync-done')
    }
    this.ctx.after('end', 0, () => {
      this.props.ready()
      this.forget(() => this.ctx.stop())
    })
  }

  private forget(done: () => void): void {
    const puts = this.kept.clearingFetched()
    if (puts.length === 0) done()
    else {
      this.ctx.store.commit(puts, (error) => {
        if (error) throw new Error(`the store cannot be written: ${error.message}`)
        this.forget(done)
      })
    }
  }

  /** A line every tenth. */
  private progress(phase: string): (done: number) => void {
    return (done) => {
      const { of, height } = this.status
      const before = Math.floor((10 * this.status.done) / of)
      this.status.done = done
      if (Math.floor((10 * done) / of) === before) return
      this.ctx.log('info', 'state-sync', { phase, height, done, of })
    }
  }
}

export const StateSync = actor({
  messages: StateSyncMessages,
  restart: 'permanent',
  // A full disk is waited out.
  intensity: { failures: 20, withinMs: 10_000 },
  mailbox: { capacity: 64, overflow: 'reject' },
  setup(ctx, props: StateSyncProps) {
    const sync = new Sync(ctx, props)
    sync.start()
    return {
      Status(_, reply) {
        reply(sync.status)
      },
      inspect: () => ({ ...sync.status }),
    }
  },
})

// Writes a shard's accounts down while batches go on. A checkpoint is of one final batch that
// states a root: the first one in a stretch of numbers or of chain time, so that the nodes of a
// network have the same ones and a peer can read one of several of them. Its pages are copied a few
// at a time, each time with what has been executed since that batch taken back in the copy
// (page-image.ts): the open draft, the batches that are not final, those that became final since.
// It counts when its root is settled, so that no rule takes back what it holds.
//
// Why all pages are of that batch: a record that was changed after it was changed by an entry of
// one of those batches, and the trace of the first such entry has the record as it was before.
// Batches that were undone meanwhile have put the same value back themselves.

import { ROLLUP_CHECKPOINT_AHEAD_MAX } from '../../config/shard-limits.ts'
import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { NODE_BYTES } from '../../protocol/crypto/hash-pairs.ts'
import { depthFor } from '../../protocol/rollup/account-table.ts'
import { checkpointRoot, pageRoot, rootsFor } from '../../protocol/rollup/checkpoint-tree.ts'
import { PageImage } from '../../protocol/rollup/page-image.ts'
import { numbersBefore } from '../../protocol/rollup/shard-state.ts'
import {
  encodeCheckpointMeta,
  provenMeta,
  unsavedPages,
} from '../../protocol/rollup/state-checkpoint.ts'
import type { Undo } from '../../protocol/rollup/undo-log.ts'
import type { Context } from '../../runtime/context.ts'
import type { Put } from '../../runtime/store.ts'
import type { AccountBook } from './account-keys.ts'
import {
  accountPut,
  type Checkpoint,
  checkpointPut,
  otherSides,
  pagePut,
  sideOf,
} from './checkpoint-rows.ts'
import { CheckpointShelf } from './checkpoint-shelf.ts'
import type { ClaimLine, Step } from './claim-line.ts'
import type { DraftDesk } from './draft-desk.ts'
import type { OrderedClaim } from './line-keeper.ts'
import { KEEPING, type Keeping, type ShardProps, seriesOf } from './shard-props.ts'
import type { ShardKeeper } from './shard-rows.ts'

/** Milliseconds of one turn, the copy of its pages besides. */
const SLICE_MS = 5
/** Registered accounts that go with the pages of one commit. */
const ACCOUNTS = 4096

interface Running {
  readonly checkpoint: Checkpoint
  readonly settledSeconds: number
  /** Not copied yet. */
  readonly pages: number[]
  /** Of the pages, those that are copied among them. */
  readonly roots: Uint8Array
  /** Of batches that became final since, the first one first. */
  readonly since: Undo[]
  stage: 'copying' | 'copied' | 'ending'
}

interface Parts {
  readonly line: ClaimLine
  readonly drafts: DraftDesk
  readonly rows: ShardKeeper
  readonly book: AccountBook
}

interface Stated {
  readonly number: number
  readonly hash: Hex
  readonly root: Hex
  readonly timestampMs: number
}

export class Checkpointer {
  readonly shelf: CheckpointShelf
  /** Bytes of all final batches so far. */
  bytes: number
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly keeping: Keeping
  private readonly parts: Parts
  private readonly done: () => void
  private running: Running | undefined
  /** The last final batch, where it states a root and is not in a checkpoint. */
  private last: Stated | undefined
  private lastMs: number
  private stretch = ''
  private isFrozen = false

  constructor(
    ctx: Context,
    props: ShardProps,
    parts: Parts,
    saved: Checkpoint | undefined,
    done: () => void,
  ) {
    this.ctx = ctx
    this.props = props
    this.keeping = props.keeping ?? KEEPING
    this.parts = parts
    this.shelf = new CheckpointShelf(saved, () => ctx.now())
    this.bytes = saved?.bytes ?? 0
    this.done = done
    this.lastMs = ctx.now()
  }

  /** The last one that is durable. */
  get saved(): Checkpoint | undefined {
    return this.shelf.saved
  }

  /** One that came from peers. */
  restored(checkpoint: Checkpoint): void {
    this.shelf.dropFormer()
    this.shelf.saved = checkpoint
    this.bytes = checkpoint.bytes
  }

  /** A batch has just become final; in no block that we know where it is executed again. */
  final({ held, undo }: Step, ordered: Pick<OrderedClaim, 'timestampMs'> | undefined): void {
    const { claim, hash, bytes } = held
    this.bytes += bytes.length
    if (!ordered) return
    if (this.running?.stage === 'copying') this.running.since.push(undo)
    const { number, stateRoot: root } = claim
    const { timestampMs } = ordered
    this.last = root && { number, hash, root, timestampMs }
    this.lastMs = this.ctx.now()
    if (!this.last) return
    const { checkpointBatches, checkpointMs } = this.keeping
    const batches = Math.floor(number / checkpointBatches)
    const stretch = `${batches} ${Math.floor(timestampMs / checkpointMs)}`
    const isFirst = this.stretch !== '' && this.stretch !== stretch
    this.stretch = stretch
    if (isFirst) this.begin(this.last)
  }

  /** Where nothing comes any more, the last root gets a checkpoint, too. */
  look(): void {
    const isIdle = this.ctx.now() - this.lastMs >= this.keeping.checkpointMs
    if (this.last && isIdle) this.begin(this.last)
  }

  /** The last final batch, whose root is settled: it is written down now. To be asked again. */
  end(last: Omit<Stated, 'timestampMs'>): void {
    const { running } = this
    if (this.saved?.number === last.number) return
    if (running?.stage === 'copied') this.finish(running)
    else if (!running) this.begin({ ...last, timestampMs: 0 })
  }

  /** A block with this time is final. A frozen shard does not get past its root any more. */
  block(timestampMs: number, isFrozen: boolean): void {
    this.isFrozen ||= isFrozen
    const { running } = this
    if (running?.stage !== 'copied' || this.isFrozen) return
    if (Math.floor(timestampMs / 1000) >= running.settledSeconds) this.finish(running)
  }

  /** Of the last final batch. */
  private begin({ number, hash, root, timestampMs }: Stated): void {
    if (this.running || this.isFrozen || this.shelf.isHeld) return
    const { saved } = this.shelf
    const { state } = this.parts.line
    const pages = unsavedPages(state.table)
    const first = this.ahead([]).at(-1)
    const numbers = first ? numbersBefore(first) : state.numbers
    const { shard, shards } = state
    const meta = encodeCheckpointMeta({ ...numbers, shard, shards })
    const sides = otherSides(saved?.sides ?? new Uint8Array(0), pages)
    const roots = rootsFor(depthFor(numbers.used), saved?.roots ?? new Uint8Array(0))
    const checkpoint = { number, hash, root, meta, bytes: this.bytes, sides, roots }
    const settledSeconds = Math.floor(timestampMs / 1000) + this.keeping.settledSeconds
    this.running = { checkpoint, settledSeconds, pages, roots, since: [], stage: 'copying' }
    this.last = undefined
    this.shelf.dropFormer()
    this.copy(this.running)
  }

  /** All that the table is ahead of a final batch, the last one first. */
  private ahead(since: readonly Undo[]): Undo[] {
    const { line, drafts } = this.parts
    const draft = drafts.draft ? [drafts.draft.executed.undo] : []
    const steps = line.steps.map(({ undo }) => undo)
    return [...draft, ...steps.reverse(), ...[...since].reverse()]
  }

  private copy(running: Running): void {
    const { pages, since, checkpoint, roots } = running
    const { line, rows, book } = this.parts
    const { hashPairs } = this.props.ports
    if (pages.length === 0) {
      const root = checkpointRoot(provenMeta(checkpoint.meta), roots, hashPairs)
      assert(root === checkpoint.root, 'the pages are those of the root')
      running.stage = 'copied'
      since.length = 0
      return
    }
    const count = since.length > ROLLUP_CHECKPOINT_AHEAD_MAX ? pages.length : this.keeping.pages
    if (count > this.keeping.pages) {
      this.ctx.log('warn', 'checkpoint-slow', { pages: pages.length, batches: since.length })
    }
    const { state } = line
    const image = new PageImage(state.table, state, pages.splice(0, count), this.ahead(since))
    this.takeBack(image, () => {
      const series = seriesOf(this.props)
      const puts: Put[] = image.pages.map((page, i) => {
        const bytes = image.bytesOf(i)
        if (page * NODE_BYTES < roots.length) {
          roots.set(pageRoot(bytes, hashPairs), page * NODE_BYTES)
        }
        return pagePut(series, page, sideOf(checkpoint.sides, page), bytes)
      })
      for (const [index, account] of book.takeFresh(ACCOUNTS)) {
        puts.push(accountPut(series, index, account))
      }
      this.ctx.reached('shard-pages-written')
      rows.commit(puts, () => this.copy(running))
    })
  }

  private takeBack(image: PageImage, then: () => void): void {
    const until = this.ctx.now() + SLICE_MS
    while (!image.step()) {
      if (this.ctx.now() < until) continue
      this.ctx.after('checkpoint', 0, () => this.takeBack(image, then))
      return
    }
    then()
  }

  private finish(running: Running): void {
    const { rows, book } = this.parts
    const { shard } = this.props
    const series = seriesOf(this.props)
    const { checkpoint } = running
    // Consumed before it, whoever registers: written at the latest with it.
    const accounts = [...book.takeFresh(Number.POSITIVE_INFINITY)]
    const puts = accounts.map(([index, account]) => accountPut(series, index, account))
    const { number, root } = checkpoint
    running.stage = 'ending'
    rows.commit([...puts, checkpointPut(series, checkpoint)], () => {
      this.shelf.add(checkpoint)
      this.running = undefined
      this.ctx.reached('shard-checkpoint')
      this.ctx.log('info', 'shard-checkpoint', { shard, number, root })
      this.done()
    })
  }
}

// Pages of one final batch, copied a few at a time while batches are executed, become final, and
// are undone: what lies in the store afterwards is the state of that batch, to the byte. Each page
// has two places, and a crash before the last commit leaves the checkpoint before.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { otherSides, sideOf } from '../../../actors/shard/checkpoint-rows.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { type Prng, prng } from '../../../lib/prng.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
import { PageImage } from '../../../protocol/rollup/page-image.ts'
import { numbersBefore, ShardState } from '../../../protocol/rollup/shard-state.ts'
import {
  encodeCheckpointMeta,
  restoreState,
  unsavedPages,
} from '../../../protocol/rollup/state-checkpoint.ts'
import type { Undo } from '../../../protocol/rollup/undo-log.ts'
import { PlainShard } from './plain-shard.ts'
import { randomBatch, runPlain, toExecute } from './shard-run.ts'

const PLACE = { shard: 0, shards: 1 }
const ports = executionPorts(hashPairsNative)

interface Executed {
  readonly undo: Undo
  readonly plain: PlainShard
}

/** A shard whose last batches are not final. */
class Line {
  readonly state = new ShardState(PLACE)
  steps: Executed[] = []
  /** Roots by number of entries, of all that was ever executed on this line. */
  readonly roots = new Map<number, string>()
  private final = new PlainShard()
  private readonly random: Prng

  constructor(random: Prng) {
    this.random = random
    this.roots.set(0, this.state.root(hashPairsNative))
  }

  execute(): void {
    const before = this.steps.at(-1)?.plain ?? this.final
    const batch = randomBatch(this.random, before)
    const result = executeBatch(this.state, toExecute(this.state, batch), ports)
    if (!result.ok) throw new Error(result.code)
    const plain = before.copy()
    runPlain(plain, batch)
    this.steps.push({ undo: result.executed.undo, plain })
    this.roots.set(this.state.entries, this.state.root(hashPairsNative))
  }

  undo(): void {
    const last = this.steps.pop()
    if (last) this.state.undo(last.undo)
  }

  advance(): Undo | undefined {
    const first = this.steps.shift()
    if (first) this.final = first.plain
    return first?.undo
  }

  ahead(since: readonly Undo[]): Undo[] {
    return [...since, ...this.steps.map(({ undo }) => undo)].reverse()
  }
}

/** What lies in the store: two places for each page, and which of them count. */
class Disk {
  readonly places = new Map<string, Uint8Array>()
  latest = { meta: new Uint8Array(0), sides: new Uint8Array(0) }

  restore(): ShardState | undefined {
    const { meta, sides } = this.latest
    const pages = []
    for (let page = 0; page < 8 * sides.length; page++) {
      const bytes = this.places.get(`${page}/${sideOf(sides, page)}`)
      if (bytes) pages.push({ page, bytes })
    }
    return restoreState(meta, pages)
  }
}

function checkpoint(line: Line, disk: Disk, random: Prng): void {
  const { state } = line
  const pages = unsavedPages(state.table)
  const first = line.steps[0]?.undo
  const numbers = first ? numbersBefore(first) : state.numbers
  const meta = Uint8Array.from(encodeCheckpointMeta({ ...numbers, ...PLACE }))
  const sides = Uint8Array.from(otherSides(disk.latest.sides, pages))
  const since: Undo[] = []
  while (pages.length > 0) {
    const part = pages.splice(0, 1 + random.below(3))
    const image = new PageImage(state.table, state, part, line.ahead(since))
    let isDone = image.step()
    while (!isDone) {
      if (random.chance(0.3)) run(line, random, since)
      isDone = image.step()
    }
    for (const [i, page] of image.pages.entries()) {
      disk.places.set(`${page}/${sideOf(sides, page)}`, Uint8Array.from(image.bytesOf(i)))
    }
    run(line, random, since)
  }
  disk.latest = { meta, sides }
}

function run(line: Line, random: Prng, since: Undo[] = []): void {
  for (let i = random.below(4); i > 0; i--) {
    const what = random.unit()
    if (what < 0.5) line.execute()
    else if (what < 0.7) line.undo()
    else {
      const undo = line.advance()
      if (undo) since.push(undo)
    }
  }
}

test('a checkpoint in slices is the state of the final batch at which it began', () => {
  let torn = 0
  let whole = 0
  const seed = fc.string({ minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(seed, (name) => {
      const random = prng(name)
      const line = new Line(random)
      const disk = new Disk()
      for (let i = 0; i < 12; i++) {
        // Sometimes nothing new: what a copy left out is all that the next one has to write.
        if (random.chance(0.5)) run(line, random)
        else while (line.advance());
        const entries = line.steps[0]?.undo.entriesBefore ?? line.state.entries
        const root = line.roots.get(entries)
        const before = disk.restore()?.root(hashPairsNative)
        const { latest } = disk
        checkpoint(line, disk, random)
        if (random.chance(0.3) && before) {
          // Power fails before the row that makes it count: the process starts at the one before.
          disk.latest = latest
          assert.is(disk.restore()?.root(hashPairsNative), before)
          torn++
          return
        }
        whole++
        const again = disk.restore()
        assert.is(again?.entries, entries)
        assert.is(again?.root(hashPairsNative), root)
      }
    }),
    { numRuns: 40 },
  )
  assert.ok(torn > 5 && whole > 40, `${torn} torn, ${whole} whole`)
})

test.run()

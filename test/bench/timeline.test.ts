// The timeline of batches: joined out of what the sender, the sequencer and the validators say.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TIMELINE_PARTS, timelineResult } from '../../bench/harness/timeline.ts'
import { HeardBatches } from '../../bench/scenarios/rollup/generator/heard-batches.ts'
import { batchTimelines } from '../../bench/scenarios/rollup/timeline/batch-timelines.ts'

const NODES = ['node0', 'node1', 'node2', 'node3']
const MADE = {
  taken: 1060,
  assembled: 1080,
  asked: 1085,
  cosigned: 1100,
  sealed: 1130,
  final: 1320,
}

/** Logs of four nodes: node1 made batch 7, node3 held it late, node2 never said so. */
function writeLogs(folder: string, blockMs: number): void {
  mkdirSync(join(folder, 'logs'))
  const ready = { node0: 1150, node1: 1131, node2: undefined, node3: 1180 }
  for (const node of NODES) {
    const lines: object[] = [{ event: 'block', height: 41, finalMs: 90 }]
    const at = ready[node as keyof typeof ready]
    const place = { shard: 0, number: 7, height: 42, block: blockMs }
    if (at !== undefined) lines.push({ event: 'batch', ...place, ready: at })
    if (node === 'node1') lines.push({ event: 'batch-made', shard: 0, number: 7, ...MADE })
    lines.push({ event: 'block', height: 42, finalMs: node === 'node1' ? 110 : 300 })
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    writeFileSync(join(folder, 'logs', `${node}.log`), `${text}\n{"event":"batch","cut`)
  }
}

function heardBatch() {
  const heard = new HeardBatches()
  heard.add({ shard: 0, number: 7 }, 100, { intended: 0, sent: 40, heard: 325 })
  heard.add({ shard: 0, number: 7 }, 300, { intended: 20, sent: 40, heard: 345 })
  return heard.list(1000)
}

async function timelines(blockMs: number, heard = heardBatch()) {
  const folder = mkdtempSync(join(tmpdir(), 'timeline-'))
  try {
    writeLogs(folder, blockMs)
    return await batchTimelines(folder, NODES, heard)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('each part lies between the points that it is said to, and all of them add up', async () => {
  const [row] = await timelines(1200)
  assert.equal(row, {
    transfers: 400,
    height: 42,
    parts: {
      fill_gather: 25,
      fill_queue: 20,
      seal_assemble: 20,
      seal_proofs: 5,
      seal_cosign: 15,
      seal_aggregate: 30,
      dissemination: 50,
      wait_for_block: 20,
      block_to_final: 110,
      notice_commit: 10,
      notice_client: 20,
    },
  })
  const result = timelineResult(row ? [row, row] : [], 3)
  assert.is(result?.finality.mean, 325)
  assert.equal([result?.heard, result?.batches, result?.blocks], [3, 2, 1])
  assert.is(result?.stages.seal.mean, 70)
  assert.equal(Object.keys(result?.parts ?? {}), [...TIMELINE_PARTS])
})

test('a leader that orders what no quorum holds yet does not wait for a block', async () => {
  const [row] = await timelines(1160)
  assert.is(row?.parts.wait_for_block, 0)
  assert.is(row?.parts.block_to_final, 1160 + 110 - 1180)
})

test('a batch of which a point is missing is left out, and nothing is made up for it', async () => {
  const [batch] = heardBatch()
  assert.ok(batch)
  assert.equal(await timelines(1200, [{ ...batch, number: 8 }]), [])
  assert.is(timelineResult([], 1), undefined)
})

test.run()

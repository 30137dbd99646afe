// The scheduler's book is found again when another topology puts the scheduler on another node.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { moveJobs } from '../../../apps/node/move-jobs.ts'
import { loadTopology } from '../../../config/topology.ts'
import { packageRoot } from '../../../lib/package-root.ts'
import { openDataDirectory } from '../../../storage/lmdb/data-directory.ts'

const preset = (name: string) =>
  loadTopology(join(packageRoot(), 'config', 'topologies', `${name}.yaml`))

function folderWith(...books: string[]): string {
  const data = mkdtempSync(join(tmpdir(), 'aitbc-jobs-'))
  for (const node of books) {
    mkdirSync(join(data, 'nodes', node, 'jobs'), { recursive: true })
    writeFileSync(join(data, 'nodes', node, 'jobs', 'data.mdb'), node)
  }
  return data
}

test('the book moves to the new owner, once', () => {
  const data = folderWith('market')
  assert.is(moveJobs(data, preset('local-4'), 'net'), 'market')
  assert.is(readFileSync(join(data, 'nodes', 'node0', 'jobs', 'data.mdb'), 'utf8'), 'market')
  assert.not.ok(existsSync(join(data, 'nodes', 'market', 'jobs')))
  assert.is(moveJobs(data, preset('local-4'), 'net'), undefined)
  assert.is(moveJobs(data, preset('dev'), 'net'), 'node0')
  rmSync(data, { recursive: true })
})

test('nothing moves where there is nothing, or where the owner has a book', () => {
  const fresh = folderWith()
  assert.is(moveJobs(fresh, preset('dev'), 'net'), undefined)
  const own = folderWith('market', 'node0')
  assert.is(moveJobs(own, preset('dev'), 'net'), undefined)
  assert.ok(existsSync(join(own, 'nodes', 'node0', 'jobs')))
  for (const data of [fresh, own]) rmSync(data, { recursive: true })
})

test('two books, a node that runs, or another network: refused, and nothing is touched', () => {
  const two = folderWith('market', 'old')
  assert.throws(() => moveJobs(two, preset('local-4'), 'net'), /move the right one/)
  const busy = folderWith('market')
  const release = openDataDirectory(join(busy, 'nodes', 'market'), 'net')
  // A lock of this very process counts as well.
  assert.throws(() => moveJobs(busy, preset('local-4'), 'net'), /uses/)
  release()
  assert.throws(() => moveJobs(busy, preset('local-4'), 'other'), /belongs to network/)
  assert.ok(existsSync(join(busy, 'nodes', 'market', 'jobs')))
  for (const data of [two, busy]) rmSync(data, { recursive: true })
})

test.run()

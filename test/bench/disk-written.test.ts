// The disk's own count of what is written to it grows by at least what is written and synced.

import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diskWrittenBytes } from '../../bench/harness/disk-written.ts'

const BYTES = 4 << 20

test('what is written and synced is counted, where the kernel tells', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-disk-'))
  try {
    const before = diskWrittenBytes(folder)
    if (before === undefined) return
    const file = openSync(join(folder, 'file'), 'w')
    writeSync(file, Buffer.alloc(BYTES, 7))
    fsyncSync(file)
    closeSync(file)
    const after = diskWrittenBytes(folder)
    assert.ok(after !== undefined && after - before >= BYTES, `${before} to ${after}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a folder that is on no disk, or not there, has no count', () => {
  assert.is(diskWrittenBytes('/proc'), undefined)
  assert.is(diskWrittenBytes('/no/such/folder'), undefined)
})

test.run()

// A trunk to another process: one that reads slowly pushes back and costs no memory; one that is
// killed is missed at once.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Carrier } from '../../transport/carrier.ts'
import { nodeArgs } from '../kit/node-args.ts'
import { dialerAndListener, startSide } from './trunk-pair.ts'

const FRAME_BYTES = 64 * 1024
/** Far more than the buffers of both ends and the kernel hold. */
const OFFERED_BYTES = 512 * 1024 * 1024
const HELD_BYTES_MAX = 64 * 1024 * 1024

const PATIENCE_MS = 15_000
const sleep = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function until(what: string, done: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!done()) {
    assert.ok(performance.now() < end, `waited in vain: ${what}`)
    await sleep(2)
  }
}

function startChild(): [ChildProcess, () => Promise<Record<string, unknown>>] {
  const child = spawn(process.execPath, nodeArgs(import.meta.url, '../fixtures/trunk-child'), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[
    Symbol.asyncIterator
  ]()
  return [child, async () => JSON.parse((await lines.next()).value)]
}

/** Sends until refused `times` times, or all is sent. */
async function offer(carrier: Carrier, frame: Uint8Array, times: number): Promise<number> {
  const view = new DataView(frame.buffer)
  let sent = 0
  for (let refused = 0; refused < times && sent * FRAME_BYTES < OFFERED_BYTES; ) {
    view.setUint32(0, sent)
    view.setUint32(FRAME_BYTES - 4, sent)
    if (carrier.send(frame, 'data')) sent++
    else {
      refused++
      await sleep(20)
    }
  }
  return sent
}

const [child, nextLine] = startChild()
let carrier: Carrier | undefined
const downs: string[] = []
const { address } = await nextLine()
const [dialer, listener] = dialerAndListener()
const peers = [{ name: 'listener', peerId: listener.peerId, address: address as string }]
const near = await startSide({ identity: dialer, peers }, (next) => {
  next.onDown((why) => downs.push(why))
  carrier = next
})
await until('a connection', () => carrier !== undefined)

test('a peer that does not read: send refuses, memory is bounded, nothing is lost', async () => {
  const trunk = carrier as Carrier
  let drains = 0
  trunk.onDrain(() => drains++)
  child.kill('SIGSTOP')
  const before = process.memoryUsage()
  const sent = await offer(trunk, new Uint8Array(FRAME_BYTES), 10)
  const { arrayBuffers, external } = process.memoryUsage()
  assert.ok(sent * FRAME_BYTES < HELD_BYTES_MAX, `took ${sent} frames`)
  assert.ok(external + arrayBuffers - before.external - before.arrayBuffers < HELD_BYTES_MAX)
  const drainsBefore = drains
  child.kill('SIGCONT')
  await until('room again', () => drains > drainsBefore)
  assert.ok(trunk.send(Uint8Array.of(1), 'control'))
  let heard = await nextLine()
  while (heard.frames !== sent) {
    await sleep(20)
    assert.ok(trunk.send(Uint8Array.of(1), 'control'))
    heard = await nextLine()
  }
  assert.equal(heard, { frames: sent, wrong: 0 })
  assert.equal(downs, [])
})

test('a process that is killed is heard of at once', async () => {
  child.kill('SIGKILL')
  await until('the trunk is down', () => downs.length > 0)
  assert.not.ok(carrier?.send(Uint8Array.of(1), 'control'))
  assert.equal(near.trunks.connected(), [])
})

test.after(async () => {
  child.kill('SIGKILL')
  await near.trunks.stop()
})

test.run()

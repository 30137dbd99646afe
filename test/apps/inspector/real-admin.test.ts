// The inspector against a real admin server over a real host and a real thread: what one asks the
// other gives, from the first poll to a killed actor that came back.

import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Inspector } from '../../../apps/inspector/inspector.ts'
import { VIEWS } from '../../../apps/inspector/state/model.ts'
import type { Cells } from '../../../apps/inspector/terminal/cells.ts'
import { KeyParser } from '../../../apps/inspector/terminal/key-parser.ts'
import { Probe } from '../../kit/hosts.ts'
import { startAdminWorld } from '../node/admin-world.ts'

const test = suite('the inspector against a real admin server')

const WAIT_MS = 15_000

/** An inspector whose screen is read back and whose keys are typed. */
async function open(token?: string) {
  const world = await startAdminWorld()
  let shown: Cells | undefined
  const inspector = new Inspector({
    cluster: 'test',
    view: 'actors',
    find: () => [{ name: 'test', nodes: ['node0', 'node1'], url: world.url }],
    token: token ?? world.token,
    size: () => ({ width: 140, height: 30 }),
    show: (cells) => {
      shown = cells
      return true
    },
    quit: () => {},
  })
  inspector.start()
  const screen = () => shown?.lines().join('\n') ?? ''
  const shows = async (pattern: RegExp) => {
    const until = Date.now() + WAIT_MS
    while (!pattern.test(screen())) {
      if (Date.now() > until) throw new Error(`no ${pattern} on the screen:\n${screen()}`)
      await pause(20)
    }
  }
  const type = (text: string) => {
    const parser = new KeyParser()
    const keys = [...parser.push(Buffer.from(text)), ...parser.flush()]
    for (const key of keys) inspector.key(key)
  }
  const stop = async () => {
    inspector.stop()
    await world.stop()
  }
  return { world, inspector, shows, type, stop }
}

test('every view is understood', async () => {
  const { inspector, shows, type, stop } = await open()
  await shows(/probe\/slow +node0\/chain +running/)
  for (const [i, view] of VIEWS.entries()) {
    type(String(i + 1))
    const until = Date.now() + WAIT_MS
    while (!inspector.state.processes[0]?.heard[view]) {
      const why = inspector.state.processes[0]?.why
      if (Date.now() > until || why) throw new Error(`${view}: ${why || 'nothing came'}`)
      await pause(20)
    }
  }
  await shows(/2\/2 nodes up/)
  await stop()
})

test('filter and sort are the server’s own', async () => {
  const { shows, type, stop } = await open()
  await shows(/Actors \d+ /)
  type('/kind:probe state:running\r')
  await shows(/filter kind:probe state:running/)
  type('s'.repeat(5))
  await shows(/probe\/idle/)
  type('/\x15mb>100000\r')
  await shows(/No actor matches mb>100000/)
  await stop()
})

test('kill: the consequence first, then the restart is counted; pause, resume, trace', async () => {
  const { world, shows, type, stop } = await open()
  await shows(/probe\/slow/)
  type('/probe/slow\r')
  await shows(/filter probe\/slow/)
  type('j\rK')
  await shows(/Kill this actor\?[\s\S]*y kill/)
  assert.is(world.host.snapshot().actors.find((one) => one.id === 'probe/slow')?.restarts, 0)
  type('y')
  await shows(/restarts +1/)
  await shows(/last error .*kill/)
  type('p')
  await shows(/Pause this actor\?[\s\S]*y pause/)
  type('y')
  await shows(/state +paused/)
  type('p')
  await shows(/Resume this actor\?[\s\S]*y resume/)
  type('y')
  await shows(/state +running/)
  type('t')
  await shows(/Trace: listening/)
  // Whether the server listens yet cannot be seen: told until the trace has had enough.
  const telling = setInterval(() => world.host.edge.tell(Probe, 'slow', 'Note', 'seven'), 4)
  await shows(/Trace: 100 messages, stopped by itself after 100 messages/)
  clearInterval(telling)
  await shows(/Note < .* wait .* ms, took .* ms "seven"/)
  await stop()
})

test('a wrong token changes nothing and says so', async () => {
  const { world, shows, type, stop } = await open('wrong')
  await shows(/probe\/slow/)
  type('/probe/slow\r')
  await shows(/filter probe\/slow/)
  type('jK')
  await shows(/Not done: it answered 40\d/)
  type('y')
  await pause(100)
  const restarts = world.host.snapshot().actors.map((one) => one.restarts)
  assert.is(Math.max(...restarts), 0)
  await stop()
})

test.run()

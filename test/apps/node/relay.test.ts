// Links between processes: two of them with a worker thread each, joined by one connection. Every
// pair of hosts speaks; a lost connection and a lost thread each take down what went over them.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { channelHosts, channelName } from '../../../apps/node/relay/channel-name.ts'
import { Relay } from '../../../apps/node/relay/relay.ts'
import { LINK_QUARANTINE_MS, RELAY_REOPEN_MS, RUBBISH_MAX } from '../../../config/limits.ts'
import type { AskFailed } from '../../../runtime/edge.ts'
import { Host } from '../../../runtime/host.ts'
import type { Link } from '../../../runtime/ports.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { memoryLinks } from '../../../transport/memory/memory-link.ts'
import { Mux } from '../../../transport/mux/mux.ts'
import { ProbeMessages, probe } from '../../kit/probe.ts'

const HOSTS = ['a/main', 'a/work', 'b/main', 'b/work']

/** How far the clocks of hosts are ahead: a quarantine need not be waited for. */
let aheadMs = 0

/** Actors live on the host that their key names. */
function makeHost(name: string): Host {
  const host = new Host({
    name,
    place: (_, key) => key,
    clock: { ...realClock, now: () => realClock.now() + aheadMs },
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: () => {},
  })
  host.spawn(probe(), name, { seen: [] })
  return host
}

class TwoProcesses {
  readonly hosts = new Map(HOSTS.map((name) => [name, makeHost(name)]))
  readonly relays = new Map(
    ['a', 'b'].map((name) => {
      const other = name === 'a' ? 'b' : 'a'
      const remote = { name: other, hosts: [`${other}/main`, `${other}/work`] }
      return [name, new Relay(this.host(`${name}/main`), [remote])]
    }),
  )
  trunk: Link | undefined
  readonly carriers = new Map<string, Link>()

  host(name: string): Host {
    return this.hosts.get(name) as Host
  }

  /** A new connection between the two. */
  connect(): void {
    const [a, b] = memoryLinks()
    this.trunk = a
    this.relays.get('a')?.trunk('b', a)
    this.relays.get('b')?.trunk('a', b)
  }

  /** The process's worker thread starts, or starts again with a host of no memory. */
  startThread(process: string): void {
    const name = `${process}/work`
    if (this.carriers.has(name)) this.hosts.set(name, makeHost(name))
    const [here, there] = memoryLinks()
    this.carriers.set(name, here)
    const host = this.host(name)
    const mux = new Mux(there)
    this.relays.get(process)?.thread(name, here, (peer) => {
      host.attach(peer, mux.open(channelName(name, peer)))
    })
  }

  async speaks(from: string, to: string): Promise<boolean> {
    const reply = this.host(from).edge.ask(ProbeMessages, to, 'Double', 21, { within: 5000 })
    return (await reply.catch(() => undefined)) === 42
  }

  /** True once it speaks; false after a while. */
  async soonSpeaks(from: string, to: string): Promise<boolean> {
    for (let tries = 0; tries < 200; tries++) {
      if (await this.speaks(from, to)) return true
      await new Promise((done) => setTimeout(done, 10))
    }
    return false
  }

  async allSpeak(): Promise<void> {
    for (const from of HOSTS) {
      for (const to of HOSTS) {
        if (from[0] === to[0]) continue
        assert.ok(await this.soonSpeaks(from, to), `${from} → ${to}`)
      }
    }
  }

  async stop(): Promise<void> {
    this.trunk?.close()
    for (const carrier of this.carriers.values()) carrier.close()
    for (const host of this.hosts.values()) await host.stop()
  }
}

test('both ends name a channel alike', () => {
  assert.is(channelName('a/x', 'b/y'), channelName('b/y', 'a/x'))
  assert.equal(channelHosts(channelName('b/y', 'a/x')), ['a/x', 'b/y'])
  assert.is(channelHosts('a'), undefined)
  assert.is(channelHosts('a|b|c'), undefined)
})

for (const order of ['threads first', 'connection first', 'between']) {
  test(`every pair of hosts of two processes speaks: ${order}`, async () => {
    const world = new TwoProcesses()
    if (order === 'connection first') world.connect()
    world.startThread('a')
    if (order === 'between') world.connect()
    world.startThread('b')
    if (order === 'threads first') world.connect()
    await world.allSpeak()
    await world.stop()
  })
}

test('a lost connection fails the asks of all hosts, and a new one serves them again', async () => {
  const world = new TwoProcesses()
  world.startThread('a')
  world.startThread('b')
  world.connect()
  await world.allSpeak()
  const asks = HOSTS.map((name) => {
    const to = name.startsWith('a') ? 'b/work' : 'a/work'
    const ask = world.host(name).edge.ask(ProbeMessages, to, 'Never', null, { within: 60_000 })
    return ask.catch((error: AskFailed) => error.failure.reason)
  })
  setTimeout(() => world.trunk?.close('cut'), 50)
  assert.equal(await Promise.all(asks), ['node-down', 'node-down', 'node-down', 'node-down'])
  world.connect()
  await world.allSpeak()
  await world.stop()
})

test('a lost thread fails what was asked of it only, and a new one is reached again', async () => {
  const world = new TwoProcesses()
  world.startThread('a')
  world.startThread('b')
  world.connect()
  await world.allSpeak()
  const lost = world.host('a/work').edge.ask(ProbeMessages, 'b/work', 'Never', null, {
    within: 60_000,
  })
  let others = 'open'
  world
    .host('a/work')
    .edge.ask(ProbeMessages, 'b/main', 'Never', null, { within: 60_000 })
    .catch((error: AskFailed) => {
      others = error.failure.reason
    })
  setTimeout(() => world.carriers.get('b/work')?.close('died'), 50)
  const reason = await lost.catch((error: AskFailed) => error.failure.reason)
  assert.is(reason, 'node-down')
  assert.is(others, 'open')
  assert.ok(await world.speaks('a/main', 'b/main'))
  world.startThread('b')
  await world.allSpeak()
  await world.stop()
})

test('a link that was closed for rubbish is there again after the quarantine', async () => {
  const world = new TwoProcesses()
  world.startThread('a')
  world.startThread('b')
  world.connect()
  await world.allSpeak()
  const host = world.host('a/work')
  for (let i = 0; i <= RUBBISH_MAX; i++) host.remote.blame('b/work', 'a test')
  assert.not.ok(await world.speaks('b/work', 'a/work'))
  assert.ok(await world.speaks('b/work', 'a/main'), 'only that link')
  aheadMs += LINK_QUARANTINE_MS
  let back = false
  for (let i = 0; i < 10 && !back; i++) {
    await new Promise((done) => setTimeout(done, RELAY_REOPEN_MS / 5))
    back = await world.speaks('b/work', 'a/work')
  }
  assert.ok(back)
  await world.stop()
})

test.run()

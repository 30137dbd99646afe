// Between two processes over libp2p: actor tells of 64 KiB through the whole runtime (codec, link
// protocol, mux, trunk), against a bare libp2p stream that carries the same payloads with the same
// settings; messages of 1 KiB; and round trips. Each rate is until the far end has taken all.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { u53 } from '../../../lib/schema.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Host } from '../../../runtime/host.ts'
import { messages, tell } from '../../../runtime/messages.ts'
import type { Carrier } from '../../../transport/carrier.ts'
import { createNode } from '../../../transport/libp2p/create-node.ts'
import { startTrunks } from '../../../transport/libp2p/start-trunks.ts'
import { Mux } from '../../../transport/mux/mux.ts'
import { BULK_BYTES, Bulk, SMALL_BYTES } from './bulk-messages.ts'
import {
  BARE_COUNT,
  BARE_ECHO,
  CHANNEL,
  type FarAddresses,
  LOOPBACK,
  nearIdentity,
  place,
} from './libp2p-ends.ts'
import { realHost } from './real-host.ts'
import { Rounds, rateOf } from './rounds.ts'

const BULK_MESSAGES = 2000
const SMALL_MESSAGES = 10_000
const ROUND_TRIPS = 500
const ROUNDS = 9
/** Messages that a sender writes in one turn. */
const BURST = 16
const WITHIN_MS = 60_000

const Source = messages('source', 1, {
  Bulk: tell(u53),
  Small: tell(u53),
  Trips: tell(u53),
  More: tell(u53),
})

interface Waiting {
  done: () => void
  failed: (error: Error) => void
}

const payload = (length: number) => new Uint8Array(length).map((_, at) => at * 7)

const source = actor({
  messages: Source,
  restart: 'temporary',
  mailbox: { capacity: 64, overflow: 'reject' },
  setup(ctx, waiting: Waiting) {
    const bulk = payload(BULK_BYTES)
    const small = payload(SMALL_BYTES)
    let body: Uint8Array = bulk
    let left = 0
    let sent = 0
    const failed = ({ reason, detail }: { reason: string; detail: string }) =>
      waiting.failed(new Error(`${reason}: ${detail}`))
    const burst = () => {
      const now = Math.min(left, BURST)
      for (let i = 0; i < now; i++) ctx.tell(Bulk, 'bulk', 'Take', body)
      left -= now
      sent += now * body.length
      if (left > 0) ctx.tell(Source, 'source', 'More', left)
      else ctx.ask(Bulk, 'bulk', 'Taken', sent, { within: WITHIN_MS, ok: waiting.done, failed })
    }
    const begin = (what: Uint8Array, count: number) => {
      body = what
      left = count
      sent = 0
      burst()
    }
    const trip = () => {
      if (left-- === 0) waiting.done()
      else ctx.ask(Bulk, 'bulk', 'Echo', small, { within: WITHIN_MS, ok: trip, failed })
    }
    return {
      Bulk: (count) => begin(bulk, count),
      Small: (count) => begin(small, count),
      Trips: (count) => {
        left = count
        trip()
      },
      More: burst,
    }
  },
})

/** The runtime's side: tells one verb to the source and waits until it says that all is done. */
function runtimeRate(
  host: Host,
  waiting: Waiting,
  verb: 'Bulk' | 'Small' | 'Trips',
  count: number,
) {
  return rateOf(
    count,
    () =>
      new Promise<void>((resolve, reject) => {
        waiting.done = resolve
        waiting.failed = reject
        host.edge.tell(Source, 'source', verb, count)
      }),
  )
}

/** The bare side: writes `count` payloads as the stream takes them, and waits for its answer. */
function bareRate(stream: Stream, length: number, count: number): Promise<number> {
  const bytes = payload(length)
  const head = new Uint8Array(8)
  new DataView(head.buffer).setFloat64(0, length * count)
  return rateOf(count, async () => {
    const answer = once(stream, 'message')
    stream.send(head)
    for (let i = 0; i < count; i++) {
      // Not `await stream.onDrain()`: after its first call that no longer waits in libp2p 3.3.
      if (!stream.send(bytes)) await once(stream, 'drain')
    }
    await answer
  })
}

function bareTrips(stream: Stream, count: number): Promise<number> {
  const bytes = payload(SMALL_BYTES)
  return rateOf(count, async () => {
    for (let i = 0; i < count; i++) {
      const answer = once(stream, 'message')
      stream.send(bytes)
      await answer
    }
  })
}

async function startFar(): Promise<[ReturnType<typeof fork>, FarAddresses]> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const far = fork(new URL(`./libp2p-far.${ending}`, import.meta.url))
  const [addresses] = await once(far, 'message')
  return [far, addresses as FarAddresses]
}

function attached(host: Host, address: string, farId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    startTrunks({
      process: 'near',
      identity: nearIdentity(),
      listen: LOOPBACK,
      peers: [{ name: 'far', peerId: farId, address }],
      onTrunk: (_, carrier: Carrier) => {
        host.remote.attach('far', new Mux(carrier).open(CHANNEL))
        resolve()
      },
      log: () => {},
    }).catch(reject)
  })
}

export interface OverLibp2p {
  /** Throughput with payloads of 64 KiB, runtime over bare stream. */
  readonly vs_bare_stream: number
  readonly mb_per_s: number
  readonly bare_mb_per_s: number
  readonly small_per_s: number
  readonly bare_small_per_s: number
  /** Messages of 1 KiB a second, runtime over bare stream. */
  readonly small_vs_bare_stream: number
  readonly round_trip_us: number
  readonly bare_round_trip_us: number
  readonly rounds: number
}

export async function overLibp2p(): Promise<OverLibp2p> {
  const [far, addresses] = await startFar()
  const node = await createNode({
    privateKey: nearIdentity().privateKey,
    listen: [],
    connectionsMax: 8,
  })
  await node.start()
  const connection = await node.dial(multiaddr(addresses.bare))
  const counting = await connection.newStream(BARE_COUNT)
  const echoing = await connection.newStream(BARE_ECHO)
  const host = realHost({ name: 'near', place })
  const waiting: Waiting = { done: () => {}, failed: () => {} }
  host.spawn(source, 'source', waiting)
  await attached(host, addresses.trunk, connection.remotePeer.toString())
  const rounds = new Rounds()
  await rounds.run(ROUNDS, {
    bare: () => bareRate(counting, BULK_BYTES, BULK_MESSAGES),
    runtime: () => runtimeRate(host, waiting, 'Bulk', BULK_MESSAGES),
    bareSmall: () => bareRate(counting, SMALL_BYTES, SMALL_MESSAGES),
    small: () => runtimeRate(host, waiting, 'Small', SMALL_MESSAGES),
    bareTrip: () => bareTrips(echoing, ROUND_TRIPS),
    trip: () => runtimeRate(host, waiting, 'Trips', ROUND_TRIPS),
  })
  far.disconnect()
  const megabytes = (name: string) => (rounds.median(name) * BULK_BYTES) / 1e6
  return {
    vs_bare_stream: rounds.ratio('runtime', 'bare'),
    mb_per_s: megabytes('runtime'),
    bare_mb_per_s: megabytes('bare'),
    small_per_s: rounds.median('small'),
    bare_small_per_s: rounds.median('bareSmall'),
    small_vs_bare_stream: rounds.ratio('small', 'bareSmall'),
    round_trip_us: 1e6 / rounds.median('trip'),
    bare_round_trip_us: 1e6 / rounds.median('bareTrip'),
    rounds: ROUNDS,
  }
}

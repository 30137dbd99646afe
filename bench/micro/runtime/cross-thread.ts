// Between two threads: actor tells and asks through the whole runtime (mailboxes, codecs, credits,
// link), against bare postMessage of the same objects and bytes, comlink and piscina. A rate counts
// until the far thread says that all has come.

import { once } from 'node:events'
import { join } from 'node:path'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { wrap } from 'comlink'
import { Piscina } from 'piscina'
import { comlinkEndpoint } from '../../../apps/node/agent/call-agent.ts'
import { packageRoot } from '../../../lib/package-root.ts'
import { u53 } from '../../../lib/schema.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Host } from '../../../runtime/host.ts'
import { messages, tell } from '../../../runtime/messages.ts'
import { ringLink, ringMemory } from '../../../transport/threads/ring-link.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import { bootFile } from '../../../transport/threads/thread-mesh.ts'
import { BATCH, BLOCK_BYTES, type Order, Orders, order, parcel } from './order-messages.ts'
import { realHost } from './real-host.ts'
import { Rounds, rateOf } from './rounds.ts'

const ORDERS = 200_000
const PARCELS = 50_000
const ITEMS = 1_000_000
const ONE_BY_ONE = 50_000
const ROUND_TRIPS = 5000
const ROUNDS = 7
const ITEM_BYTES = 64
/** Messages that the writing actor tells in one turn. */
const BURST = 64
const WITHIN_MS = 60_000

const Writer = messages('writer', 1, { Write: tell(u53), Ask: tell(u53) })

/** What the writing actor tells; `left` is how many messages are still to be told. */
interface Work {
  write(ctx: Context, left: number): void
  done: () => void
  failed: (error: Error) => void
}

const writer = actor({
  messages: Writer,
  restart: 'temporary',
  mailbox: { capacity: 64, overflow: 'reject' },
  setup(ctx, work: Work) {
    return {
      // Each burst is a turn: between two of them the link may park the actor until it has room.
      Write(left) {
        const burst = Math.min(left, BURST)
        for (let i = 0; i < burst; i++) work.write(ctx, left - i)
        if (left > burst) ctx.tell(Writer, 'writer', 'Write', left - burst)
        else work.done()
      },
      Ask(left) {
        if (left === 0) {
          work.done()
          return
        }
        ctx.ask(Orders, 'orders', 'Echo', order(left), {
          within: WITHIN_MS,
          ok: () => ctx.tell(Writer, 'writer', 'Ask', left - 1),
          failed: (failure) => work.failed(new Error(failure.detail)),
        })
      },
    }
  },
})

class Near {
  private readonly host: Host
  private readonly work: Work

  constructor(memory: SharedArrayBuffer) {
    const place = (kind: string) => (kind === 'orders' ? 'far' : 'near')
    this.host = realHost({ name: 'near', place })
    this.work = { write: () => {}, done: () => {}, failed: () => {} }
    this.host.spawn(writer, 'writer', this.work)
    this.host.attach('far', ringLink(memory, 0))
  }

  private run(verb: 'Write' | 'Ask', count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.work.done = resolve
      this.work.failed = reject
      this.host.edge.tell(Writer, 'writer', verb, count)
    })
  }

  /** Items a second: `count` messages of `items` each, until all have come. */
  rate(count: number, items: number, write: Work['write']): Promise<number> {
    return rateOf(count * items, async () => {
      this.work.write = write
      await this.run('Write', count)
      // Not refused: what waits is below the window by the time that it is asked.
      let came = 0
      while (came < count * items) came += await this.count()
    })
  }

  private async count(): Promise<number> {
    for (;;) {
      try {
        return await this.host.edge.ask(Orders, 'orders', 'Count', 0, { within: WITHIN_MS })
      } catch {
        await new Promise((next) => setImmediate(next))
      }
    }
  }

  trips(count: number): Promise<number> {
    return rateOf(count, () => this.run('Ask', count))
  }

  stop(): Promise<void> {
    return this.host.stop()
  }
}

class Bare {
  private readonly port: MessagePort

  constructor(port: MessagePort) {
    this.port = port
  }

  rate(count: number, items: number, post: (port: MessagePort, i: number) => void) {
    return rateOf(count * items, async () => {
      for (let i = 0; i < count; i++) post(this.port, i)
      this.port.postMessage('count')
      await once(this.port, 'message')
    })
  }

  trips(count: number): Promise<number> {
    return rateOf(
      count,
      () =>
        new Promise((resolve) => {
          let left = count
          const next = () => {
            if (left-- > 0) this.port.postMessage({ echo: order(left) })
            else {
              this.port.off('message', next)
              resolve()
            }
          }
          this.port.on('message', next)
          next()
        }),
    )
  }
}

interface Far {
  echo(order: Order): Order
}

async function contest(near: Near, bare: Bare, port: MessagePort, pool: Piscina): Promise<Rounds> {
  const rounds = new Rounds()
  const far = wrap<Far>(comlinkEndpoint(port))
  const block = new Uint8Array(BLOCK_BYTES).map((_, at) => at * 7)
  const count = BLOCK_BYTES / ITEM_BYTES
  const orders = Array.from({ length: BATCH }, (_, i) => order(i))
  const item = () => block.slice(0, ITEM_BYTES)
  await rounds.run(ROUNDS, {
    typed: () => near.rate(ORDERS, 1, (ctx, i) => ctx.tell(Orders, 'orders', 'Order', order(i))),
    post: () => bare.rate(ORDERS / 4, 1, (to, i) => to.postMessage(order(i))),
    typedBatch: () =>
      near.rate(ORDERS / BATCH, BATCH, (ctx) => ctx.tell(Orders, 'orders', 'Batch', orders)),
    postBatch: () => bare.rate(ORDERS / BATCH, BATCH, (to) => to.postMessage([...orders])),
    parcels: () =>
      near.rate(PARCELS, 1, (ctx, i) => ctx.tell(Orders, 'orders', 'Parcel', parcel(i))),
    postParcels: () => bare.rate(PARCELS / 2, 1, (to, i) => to.postMessage(parcel(i))),
    blocks: () =>
      near.rate(Math.ceil(ITEMS / count), count, (ctx) =>
        ctx.tell(Orders, 'orders', 'Block', { count, items: block }),
      ),
    transferredBlocks: () =>
      bare.rate(ITEMS / count, 1, (to) => {
        const copy = block.slice().buffer
        to.postMessage(copy, [copy])
      }),
    items: () => bare.rate(ONE_BY_ONE, 1, (to) => to.postMessage(item())),
    trips: () => near.trips(ROUND_TRIPS),
    postTrips: () => bare.trips(ROUND_TRIPS),
    comlinkTrips: () =>
      rateOf(ROUND_TRIPS / 5, async () => {
        for (let i = 0; i < ROUND_TRIPS / 5; i++) await far.echo(order(i))
      }),
    piscinaTrips: () =>
      rateOf(ROUND_TRIPS / 5, async () => {
        for (let i = 0; i < ROUND_TRIPS / 5; i++) await pool.run(order(i))
      }),
  })
  return rounds
}

/** Rates are items a second; a round trip's ratio is of times, so below 1 is faster. */
export async function crossThread(): Promise<Record<string, number>> {
  const memory = ringMemory()
  const [bare, comlink] = [new MessageChannel(), new MessageChannel()]
  const module = runningFile(import.meta.url, './cross-thread-far').href
  const worker = new Worker(bootFile(), {
    workerData: { module, memory, bare: bare.port2, comlink: comlink.port2 },
    transferList: [bare.port2, comlink.port2],
  })
  await once(worker, 'message')
  const near = new Near(memory)
  const filename = join(packageRoot(), 'bench', 'micro', 'runtime', 'piscina-echo.mjs')
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 })
  try {
    const rounds = await contest(near, new Bare(bare.port1), comlink.port1, pool)
    const tripUs = (name: string) => 1e6 / rounds.median(name)
    return {
      typed_vs_postmessage: rounds.ratio('typed', 'post'),
      bytes_vs_postmessage: rounds.ratio('blocks', 'items'),
      rtt_vs_postmessage: 1 / rounds.ratio('trips', 'postTrips'),
      typed_per_s: rounds.median('typed'),
      postmessage_per_s: rounds.median('post'),
      typed_1kib_per_s: rounds.median('parcels'),
      typed_1kib_vs_postmessage: rounds.ratio('parcels', 'postParcels'),
      typed_in_batches_per_s: rounds.median('typedBatch'),
      typed_in_batches_vs_postmessage: rounds.ratio('typedBatch', 'postBatch'),
      bytes_per_s: rounds.median('blocks'),
      bytes_vs_transferred:
        rounds.ratio('blocks', 'transferredBlocks') / (BLOCK_BYTES / ITEM_BYTES),
      rtt_us: tripUs('trips'),
      postmessage_rtt_us: tripUs('postTrips'),
      comlink_rtt_us: tripUs('comlinkTrips'),
      piscina_rtt_us: tripUs('piscinaTrips'),
    }
  } finally {
    await near.stop()
    await pool.destroy()
    await worker.terminate()
  }
}

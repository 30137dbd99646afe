// Hosts on virtual time whose members change, whose links break and whose clients write: a ledger
// actor for each key, on stores that are slow and shared by all owners.

import { utf8 } from '../../../lib/bytes.ts'
import type { Prng } from '../../../lib/prng.ts'
import { str, u53 } from '../../../lib/schema.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Host } from '../../../runtime/host.ts'
import { ask, messages } from '../../../runtime/messages.ts'
import { Handoff } from '../../../runtime/placement/handoff.ts'
import type { View } from '../../../runtime/placement/view.ts'
import { type Ref, ref, refText } from '../../../runtime/ref.ts'
import type { Timeline } from '../../../runtime/sim/timeline.ts'
import type { Guard, Put, RangeOptions, Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { TestWorld, virtualLinks } from '../../kit/hosts.ts'

export const Ledger = messages('ledger', 1, { Add: ask(str(64), u53) })

export const HOSTS = ['h0', 'h1', 'h2', 'h3', 'h4']
export const KEYS = ['k0', 'k1', 'k2', 'k3']

const text = new TextDecoder()

/** Counts in memory what it has written, as actors do that trust to be the only one. */
const ledger = actor({
  messages: Ledger,
  restart: 'permanent',
  mailbox: { capacity: 1000, overflow: 'reject' },
  setup(ctx, { writer }: { writer: string }) {
    let total = Number(text.decode(ctx.store.get('total', utf8('total')) ?? utf8('0')))
    return {
      Add(id, reply) {
        total++
        const now = total
        const puts = [
          { table: 'rows', key: utf8(id), value: utf8(writer) },
          { table: 'total', key: utf8('total'), value: utf8(String(total)) },
        ]
        ctx.store.commit(puts, (error) => {
          if (!error) reply(now)
        })
      },
    }
  },
})

/** Commits take their time, in order; whoever else has the store meanwhile is seen by the guard. */
class SlowStore implements Store {
  readonly inner = new MemoryStore()
  /** Who wrote rows, in the order in which they were applied. */
  readonly writers: string[] = []
  private readonly time: Timeline
  private readonly random: Prng
  private freeAt = 0

  constructor(time: Timeline, random: Prng) {
    this.time = time
    this.random = random
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.inner.get(table, key)
  }

  range(table: string, options: RangeOptions): [Uint8Array, Uint8Array][] {
    return this.inner.range(table, options)
  }

  usedBytes(): number {
    return this.inner.usedBytes()
  }

  commit(puts: readonly Put[], done: (error?: Error) => void, guard?: Guard): void {
    const { now } = this.time
    this.freeAt = Math.max(this.freeAt, now) + this.random.below(60) + 0.01
    this.time.after(this.freeAt - now, () => {
      const refusal = guard?.()
      if (!refusal) {
        this.inner.apply(puts)
        const row = puts.find(({ table }) => table === 'rows')
        if (row?.value) this.writers.push(text.decode(row.value))
      }
      done(refusal)
    })
  }
}

export class HandoffWorld {
  readonly world = new TestWorld()
  readonly stores = new Map<string, SlowStore>()
  readonly hosts = new Map<string, Host>()
  readonly handoffs = new Map<string, Handoff>()
  readonly acknowledged = new Map<string, Set<string>>()
  readonly ended = { asked: 0, ended: 0 }
  private readonly random: Prng
  private readonly cuts = new Map<string, () => void>()
  private incarnations = 0
  view: View = { epoch: 1, members: HOSTS }

  constructor(random: Prng) {
    this.random = random
    for (const key of KEYS) this.stores.set(key, new SlowStore(this.world.time, random))
    for (const name of HOSTS) this.addHost(name)
    for (const [i, a] of HOSTS.entries()) for (const b of HOSTS.slice(i + 1)) this.heal(a, b)
  }

  private addHost(name: string): void {
    const handoff = new Handoff({
      actors: KEYS.map((key) => ref('ledger', key)),
      vocabularies: [Ledger],
      candidates: (_, members) => members,
      memberOf: (host) => host,
      storeFor: ({ key }) => this.store(key),
      start: (host, { key }) => {
        host.spawn(ledger, key, { writer: `${name}#${++this.incarnations}` })
      },
      view: this.view,
    })
    const host = this.world.host(name, {
      place: (kind, key) => handoff.placeOf(kind, key) ?? name,
      storeFor: (kind, key) => {
        return kind === 'ledger' ? handoff.storeFor(ref(kind, key)) : new MemoryStore()
      },
      absent: (message) => handoff.absent(message),
    })
    this.hosts.set(name, host)
    this.handoffs.set(name, handoff)
    handoff.begin(host)
  }

  store(key: string): SlowStore {
    return this.stores.get(key) as SlowStore
  }

  cut(a: string, b: string): void {
    this.cuts.get(`${a} ${b}`)?.()
    this.cuts.delete(`${a} ${b}`)
  }

  heal(a: string, b: string): void {
    if (this.cuts.has(`${a} ${b}`)) return
    const { ends, cut } = virtualLinks(this.world.time)
    this.hosts.get(a)?.attach(b, ends[0])
    this.hosts.get(b)?.attach(a, ends[1])
    this.cuts.set(`${a} ${b}`, cut)
  }

  /** A new view, which each of `told` hears of at its own time. */
  members(members: readonly string[], told: readonly string[]): void {
    this.view = { epoch: this.view.epoch + 1, members: [...members] }
    this.tell(this.view, told)
  }

  tell(view: View, told: readonly string[]): void {
    for (const name of told) {
      this.world.time.after(this.random.below(300), () => this.handoffs.get(name)?.members(view))
    }
  }

  add(from: string, key: string, id: string): void {
    this.ended.asked++
    const done = () => {
      this.ended.ended++
    }
    const asked = this.hosts.get(from)?.edge.ask(Ledger, key, 'Add', id, { within: 3000 })
    asked?.then(() => {
      done()
      const ids = this.acknowledged.get(key) ?? new Set()
      this.acknowledged.set(key, ids.add(id))
    }, done)
  }

  /** Lets time pass, and promises with it. */
  async run(ms: number): Promise<void> {
    this.world.run(ms)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }

  owners(target: Ref): string[] {
    return HOSTS.filter((name) => {
      const actors = this.hosts.get(name)?.snapshot().actors ?? []
      return actors.some((one) => `${one.kind}/${one.key}` === refText(target))
    })
  }

  /** Ids that are in the store, and the total that its writers believed in. */
  stored(key: string): { ids: Set<string>; total: number } {
    const store = this.store(key)
    const rows = store.range('rows', { limit: 100_000 })
    const total = Number(text.decode(store.get('total', utf8('total')) ?? utf8('0')))
    return { ids: new Set(rows.map(([id]) => text.decode(id))), total }
  }
}

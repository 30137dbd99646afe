// Many clients in one process: their connections, their habits, and the load that they share.

import { setTimeout as pause } from 'node:timers/promises'
import { GENESIS_KEYS_SEED } from '../../../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../../../compute/crypto/key-book.ts'
import type { SentLoad } from '../../../harness/load-figures.ts'
import { loadPlan } from '../../../harness/load-plan.ts'
import type {
  GeneratorRecord,
  GeneratorSetup,
  HeardBatch,
  RunTerms,
} from '../generator/generator-messages.ts'
import { BenchClient, type ClientEvents, type FinalPlace, type Habit } from './bench-client.ts'
import { ClientRun } from './client-run.ts'

const CONNECT_AT_ONCE = 50
const TICK_MS = 2
const REPORT_MS = 1000
const DRAIN_LOOK_MS = 50
const FAULTS_MAX = 20
/** One client in so many answers after its time, another one answers twice. */
const ODD_ONES = 50

function habitOf(index: number, silent: number): Habit {
  if (index < silent) return 'never'
  if (index % ODD_ONES === 1) return 'late'
  return index % ODD_ONES === 2 ? 'twice' : 'answers'
}

export class ClientFleet implements ClientEvents {
  private readonly clients: BenchClient[] = []
  private readonly batches = new Map<number, HeardBatch>()
  private readonly faults: string[] = []
  private run: ClientRun | undefined
  private counted = 0
  private turn = 0

  static async start(setup: GeneratorSetup): Promise<ClientFleet> {
    const { ws, accounts, groups: count, absent } = setup
    const fleet = new ClientFleet()
    const book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
    const silent = Math.round((count * absent) / 100)
    for (let at = 0; at < count; at += CONNECT_AT_ONCE) {
      const size = Math.min(CONNECT_AT_ONCE, count - at)
      const started = Array.from({ length: size }, (_, i) => {
        const index = at + i
        const who = { index, accounts, habit: habitOf(index, silent) }
        return BenchClient.start(ws[index % ws.length] as string, who, book, fleet)
      })
      fleet.clients.push(...(await Promise.all(started)))
    }
    return fleet
  }

  final(transfer: number, { number, claim, txRoot }: FinalPlace): void {
    const isCounted = this.run?.final(transfer) ?? false
    const known = this.batches.get(number)
    this.batches.set(number, {
      shard: 0,
      number,
      claim,
      txRoot,
      final: (known?.final ?? 0) + 1,
      counted: (known?.counted ?? 0) + (isCounted ? 1 : 0),
    })
    if (isCounted) this.counted++
  }

  refused(transfer: number, why: string): void {
    this.run?.refused(transfer, why)
  }

  sent(bytes: number): void {
    if (this.run) this.run.bytes += bytes
  }

  fault(text: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(text)
  }

  prepare({ name, perSecond, seconds, expireMs }: RunTerms): void {
    this.run = new ClientRun(loadPlan(name, perSecond, seconds, expireMs).times)
  }

  async send(expireMs: number, report: (text: string) => void): Promise<SentLoad> {
    const { run } = this
    if (!run) throw new Error('nothing is prepared')
    const { times } = run
    const end = (times.at(-1) ?? 0) + expireMs
    run.start()
    let [next, reported] = [0, 0]
    while (run.now < end && !(next === times.length && run.isSettled)) {
      while (next < times.length && (times[next] as number) <= run.now) {
        run.sent(next)
        this.clients[this.turn]?.begin(next++)
        this.turn = (this.turn + 1) % this.clients.length
      }
      if (run.now - reported > REPORT_MS) {
        reported = run.now
        report(run.line)
      }
      await pause(TICK_MS)
    }
    return run.result()
  }

  async drain(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs
    while (!this.clients.every(({ isIdle }) => isIdle)) {
      if (performance.now() > end) return false
      await pause(DRAIN_LOOK_MS)
    }
    return true
  }

  record(): GeneratorRecord {
    const batches = [...this.batches.values()].sort((a, b) => a.number - b.number)
    const receipts = this.clients.reduce((sum, client) => sum + client.receipts, 0)
    const refusedRoots = [...this.faults]
    if (receipts === 0) refusedRoots.push('no client kept a receipt')
    return { batches, counted: this.counted, refusedRoots }
  }
}

// Calls that read, each a request of its own, with the answers that they must have: nobody sends
// anything, so accounts have what the genesis gave them.

import { setTimeout as pause } from 'node:timers/promises'
import type { SentLoad } from '../load-figures.ts'
import { benchAccount } from '../transfers/bench-account.ts'
import type { GeneratorRecord, GeneratorSetup } from '../transfers/generator-messages.ts'
import { GeneratorRun } from '../transfers/generator-run.ts'
import { SendLanes } from '../transfers/send-lanes.ts'

/** By turns. */
const METHODS = ['eth_getBalance', 'eth_getTransactionCount', 'eth_blockNumber', 'eth_getBlock']
const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/
const LOOK_MS = 50

export class ReadGenerator {
  private readonly lanes: SendLanes
  private readonly addresses: readonly string[]
  private readonly lanesCount: number
  private requests: Buffer[] = []
  private run_: GeneratorRun | undefined
  /** The first balance that was read: all are the same. */
  private balance: string | undefined

  constructor({ rpc, lanes, accounts }: GeneratorSetup) {
    this.lanesCount = lanes
    this.addresses = Array.from({ length: accounts }, (_, i) => benchAccount(i).address)
    this.lanes = new SendLanes({
      url: rpc,
      lanes,
      batchMax: 1,
      bodyOf: (index) => this.requests[index] as Buffer,
      answered: (index, result) => this.answered(index, result),
      refused: (index, why) => this.run_?.refused(index, why),
    })
  }

  private answered(index: number, result: unknown): void {
    if (this.isRight(index, result)) this.run_?.final(index)
    else this.run_?.refused(index, `wrong answer: ${JSON.stringify(result)}`)
  }

  private isRight(index: number, result: unknown): boolean {
    const turn = index % METHODS.length
    if (turn === 3) return (result as { number?: unknown } | null)?.number === '0x0'
    if (typeof result !== 'string' || !QUANTITY.test(result)) return false
    if (turn === 1) return result === '0x0'
    if (turn === 2) return true
    this.balance ??= result
    return result === this.balance && result !== '0x0'
  }

  private request(id: number): Buffer {
    const turn = id % METHODS.length
    const address = this.addresses[id % this.addresses.length]
    const call = { jsonrpc: '2.0', id, method: METHODS[turn], params: [] as unknown[] }
    if (turn < 2) call.params = [address, 'latest']
    if (turn === 3) {
      call.method = 'eth_getBlockByNumber'
      call.params = ['0x0', false]
    }
    return Buffer.from(JSON.stringify(call))
  }

  async sign(times: Float64Array): Promise<void> {
    const { length: count } = times
    this.requests = Array.from(times, (_, id) => this.request(id))
    const lanes = Uint32Array.from(times, (_, i) => i % this.lanesCount)
    const bytes = this.requests.reduce((sum, { length }) => sum + length, 0)
    this.run_ = new GeneratorRun({ count, lanes, bytes }, times, this.lanes)
  }

  run(expireMs: number, report: (text: string) => void): Promise<SentLoad> {
    if (!this.run_) throw new Error('nothing is prepared')
    return this.run_.run(expireMs, report)
  }

  async drain(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs
    while (!this.lanes.idle && performance.now() < end) await pause(LOOK_MS)
    return this.lanes.idle
  }

  record(): GeneratorRecord {
    throw new Error('reads leave nothing on the chain')
  }
}

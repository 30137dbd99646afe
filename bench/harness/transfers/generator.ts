// The generator's state between runs: accounts with their nonces, the connections, and a record of
// everything that was counted, for the auditor.

import { setTimeout as pause } from 'node:timers/promises'
import { hexToBytes } from '../../../lib/hex.ts'
import type { SentLoad } from '../load-figures.ts'
import { type BenchAccount, benchAccount } from './bench-account.ts'
import { FinalWatch } from './final-watch.ts'
import type { GeneratorRecord, GeneratorSetup } from './generator-messages.ts'
import { GeneratorRun } from './generator-run.ts'
import { SendLanes } from './send-lanes.ts'
import { type SignedTransfers, signTransfers, VALUE } from './signed-transfers.ts'

const SIGN_AT_ONCE = 500
/** What every JSON-RPC server takes; a gateway of ours takes no more (RPC_BATCH_MAX). */
const BATCH_MAX = 100
const RESEND_MS = 500

export class Generator {
  private readonly setup: GeneratorSetup
  private readonly accounts: readonly BenchAccount[]
  private readonly nonces: Uint32Array
  private readonly sent: Uint32Array
  private readonly received: Uint32Array
  private readonly committed: string[] = []
  private readonly indices = new Map<string, number>()
  private watch!: FinalWatch
  private lanes!: SendLanes
  private current: GeneratorRun | undefined
  private signed: SignedTransfers | undefined
  private turn = 0
  private fromBlock = 0

  private constructor(setup: GeneratorSetup) {
    this.setup = setup
    this.accounts = Array.from({ length: setup.accounts }, (_, i) => benchAccount(i))
    this.nonces = new Uint32Array(setup.accounts)
    this.sent = new Uint32Array(setup.accounts)
    this.received = new Uint32Array(setup.accounts)
  }

  static async start(setup: GeneratorSetup): Promise<Generator> {
    const generator = new Generator(setup)
    generator.lanes = new SendLanes({
      url: setup.rpc,
      lanes: setup.lanes,
      batchMax: BATCH_MAX,
      bodyOf: (index) => generator.transfers.requests[index] as Buffer,
      answered: () => {},
      refused: (index, why) => generator.current?.refused(index, why),
    })
    generator.watch = await FinalWatch.start(setup.ws, (hashes) => generator.seen(hashes))
    generator.fromBlock = generator.watch.height
    return generator
  }

  private get transfers(): SignedTransfers {
    if (!this.signed) throw new Error('nothing is signed')
    return this.signed
  }

  private seen(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const index = this.indices.get(hash)
      if (index === undefined) continue
      this.indices.delete(hash)
      if (this.current?.final(index)) this.committed.push(hash)
      const { senders, recipients } = this.transfers
      count(this.sent, senders[index] as number)
      count(this.received, recipients[index] as number)
    }
  }

  /** In pieces, so that the connections stay alive. */
  async sign(times: Float64Array, report: (text: string) => void): Promise<void> {
    if (this.indices.size > 0) throw new Error('transfers of the run before are under way')
    const parts: SignedTransfers[] = []
    const { length } = times
    for (let done = 0; done < length; done += SIGN_AT_ONCE) {
      const size = Math.min(SIGN_AT_ONCE, length - done)
      parts.push(signTransfers(this.accounts, this.nonces, this.turn, size, this.setup, done))
      this.turn = (this.turn + size) % this.accounts.length
      report(`${done + size} of ${length} transfers signed`)
      await pause(0)
    }
    const transfers = joined(parts)
    for (const [index, hash] of transfers.hashes.entries()) this.indices.set(hash, index)
    this.signed = transfers
    const { senders: lanes, bytes, count: total } = transfers
    this.current = new GeneratorRun({ count: total, lanes, bytes }, times, this.lanes)
  }

  run(expireMs: number, report: (text: string) => void): Promise<SentLoad> {
    if (!this.current) throw new Error('nothing is signed')
    return this.current.run(expireMs, report)
  }

  /**
   * Sends what was refused or lost again until all of it is in blocks, so that no later transfer
   * waits for a nonce. That changes nothing in what was counted. False when time ran out.
   */
  async drain(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs
    while (this.indices.size > 0 && performance.now() < end) {
      const before = this.indices.size
      await pause(RESEND_MS)
      // As long as blocks take them, nothing has to be done.
      if (this.indices.size < before || !this.lanes.idle) continue
      for (const index of this.indices.values()) {
        this.lanes.add(this.transfers.senders[index] as number, index)
      }
      this.lanes.flush()
    }
    return this.indices.size === 0
  }

  record(): GeneratorRecord {
    const committed = new Uint8Array(32 * this.committed.length)
    for (const [i, hash] of this.committed.entries()) committed.set(hexToBytes(hash), 32 * i)
    return {
      committed,
      fromBlock: this.fromBlock,
      toBlock: this.watch.height,
      sent: this.sent,
      received: this.received,
      value: VALUE,
    }
  }
}

function count(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1
}

function joined(parts: readonly SignedTransfers[]): SignedTransfers {
  const sum = (of: (part: SignedTransfers) => number) => parts.reduce((n, part) => n + of(part), 0)
  const total = sum(({ count: size }) => size)
  const senders = new Uint32Array(total)
  const recipients = new Uint32Array(total)
  let at = 0
  for (const part of parts) {
    senders.set(part.senders, at)
    recipients.set(part.recipients, at)
    at += part.count
  }
  return {
    count: total,
    requests: parts.flatMap(({ requests }) => requests),
    hashes: parts.flatMap(({ hashes }) => hashes),
    senders,
    recipients,
    bytes: sum(({ bytes }) => bytes),
  }
}

// One account with its own keys and its own connection: signs and submits a transfer at a time,
// checks the root that it is offered, co-signs or does not, and waits for the end.

import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { TRANSFER_REFUSALS } from '../../../../actors/messages/rollup-sequencer.ts'
import { hashPairsNative } from '../../../../compute/crypto/hash-pairs-native.ts'
import type { KeyBook } from '../../../../compute/crypto/key-book.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { SIGNATURE_BYTES } from '../../../../protocol/rollup/body-layout.ts'
import type { SignedTransfer } from '../../../../protocol/rollup/cosign.ts'
import { NOBODY_ABSENT, writeBody } from '../../../../protocol/rollup/write-body.ts'
import { connectRollup, type RollupConnection } from '../../../../sdk/rollup/connect.ts'
import { RollupAccount } from '../../../../sdk/rollup/rollup-account.ts'
import { rootRuns } from '../../../../sdk/rollup/wire/root-runs.ts'
import type {
  ClaimFrame,
  FinalFrame,
  RootFrame,
  ServerFrame,
} from '../../../../sdk/rollup/wire/server-frames.ts'
import { MAX_FEE } from '../generator/absentees.ts'
import { AGAIN_MS, DOUBT_MS, readClaims } from '../generator/doubts.ts'
import { MemoryGuard } from './memory-guard.ts'

export type Habit = 'answers' | 'never' | 'late' | 'twice'

const NOT_AFTER = 2 ** 31
const LATE_MS = 100
const AMOUNT_MAX = 1000

interface Who {
  readonly index: number
  readonly accounts: number
  readonly habit: Habit
}

export type FinalPlace = Pick<FinalFrame, 'number' | 'claim' | 'txRoot'>

export interface ClientEvents {
  /** Of the transfer that was begun with this number. */
  final(transfer: number, place: FinalPlace): void
  refused(transfer: number, why: string): void
  sent(bytes: number): void
  /** Something that the gateway or sequencer must not do. */
  fault(text: string): void
}

interface Offer {
  readonly number: number
  readonly txRoot: Hex
  readonly position: number
  readonly proof: Uint8Array
}

interface Pending {
  readonly transfer: number
  readonly signed: SignedTransfer
  readonly body: Uint8Array
  readonly submission: number
  offer: Offer | undefined
  /** Its sequencer has dropped it for another's batches, or is gone. */
  isInDoubt: boolean
  /** Sent before: what came of that is not known for certain. */
  readonly isAgain: boolean
}

export class BenchClient {
  private readonly index: number
  private readonly accounts: number
  private readonly habit: Habit
  private readonly events: ClientEvents
  private readonly ws: string
  private readonly queue: number[] = []
  private connection!: RollupConnection
  private account!: RollupAccount
  private pending: Pending | undefined
  private isBusy = false
  private nonce = 0
  private submission = 0
  private kept: Pending | undefined
  /** Of its last final transfer. */
  private lastFinal = 0
  receipts = 0

  private constructor(ws: string, { index, accounts, habit }: Who, events: ClientEvents) {
    this.ws = ws
    this.index = index
    this.accounts = accounts
    this.habit = habit
    this.events = events
  }

  static async start(
    ws: string,
    who: Who,
    book: KeyBook,
    events: ClientEvents,
  ): Promise<BenchClient> {
    const { index } = who
    const client = new BenchClient(ws, who, events)
    const socket = new WebSocket(`${ws}/rollup`, { perMessageDeflate: false })
    client.connection = await connectRollup(socket, {
      frame: (frame) => client.receive(frame),
      closed: (reason) => events.fault(`a connection was closed: ${reason}`),
    })
    client.account = new RollupAccount({
      index,
      genesisHash: client.connection.hello.genesisHash,
      keys: {
        sign: (digest) => book.signTransfer(index, digest),
        cosign: (digest) => book.cosign(Uint32Array.of(index), digest),
      },
      guard: new MemoryGuard(),
      hashPairs: hashPairsNative,
    })
    return client
  }

  get isIdle(): boolean {
    return !this.pending && !this.isBusy && this.queue.length === 0
  }

  begin(transfer: number): void {
    this.queue.push(transfer)
    this.look()
  }

  private look(): void {
    if (this.pending || this.isBusy) return
    const transfer = this.queue.shift()
    if (transfer === undefined) return
    this.isBusy = true
    void this.submit(transfer).finally(() => {
      this.isBusy = false
      if (!this.pending) this.look()
    })
  }

  private async submit(transfer: number): Promise<void> {
    const index = this.index
    const nonce = this.nonce
    // The same for the same nonce: what was refused is sent again, never another with its nonce.
    const to = (index * 7919 + nonce * 104_729 + 1) % this.accounts
    const amount = BigInt(1 + ((index + nonce) % AMOUNT_MAX))
    const terms = { nonce, to, amount, maxFee: MAX_FEE, notAfter: NOT_AFTER }
    const signed = await this.account.submit(terms)
    if (!signed.ok) {
      this.events.refused(transfer, signed.code)
      return
    }
    const one = (value: number) => Uint32Array.of(value)
    const body = writeBody({
      shard: 0,
      number: 0,
      signature: new Uint8Array(SIGNATURE_BYTES),
      sections: [
        {
          kind: 'sparse',
          from: one(index),
          to: one(to),
          amountLo: one(Number(amount)),
          amountHi: one(0),
        },
      ],
      absent: {
        positions: one(0),
        maxFees: one(MAX_FEE),
        notAfters: one(NOT_AFTER),
        signatures: signed.signature,
      },
    })
    this.send({ transfer, signed: signed.transfer, body }, false)
  }

  private send(
    { transfer, signed, body }: Pick<Pending, 'transfer' | 'signed' | 'body'>,
    isAgain: boolean,
  ): void {
    const submission = ++this.submission
    const begun = { transfer, signed, body, submission, isAgain }
    this.pending = { ...begun, offer: undefined, isInDoubt: false }
    this.events.sent(body.length)
    this.connection.send({ kind: 'submit', shard: 0, submission, body })
  }

  private receive(frame: ServerFrame): void {
    const { pending } = this
    if (frame.kind === 'root') void this.root(frame)
    else if (frame.kind === 'claim') void this.keep(frame)
    else if (frame.kind === 'lost') void this.doubt(frame.submission)
    else if (frame.kind === 'final') this.final(frame)
    else if (frame.kind === 'verdict' && pending?.submission === frame.submission) {
      if (frame.code === 'NOT_SEQUENCER' || frame.code === 'UNAVAILABLE') this.later(pending)
      else if (frame.code !== '') this.refused(frame.code)
      else if (frame.refused.length > 0) this.refused(TRANSFER_REFUSALS[frame.refusals[0] ?? 0])
    } else if (frame.kind === 'dropped' && pending?.submission === frame.transfers[0]) {
      const why = TRANSFER_REFUSALS[frame.transfers[2] ?? 0]
      if (why === 'SUPERSEDED') void this.doubt(this.submission)
      else this.refused(why)
    } else if (frame.kind === 'error' && frame.code !== 'NO_SUCH_ROOT') {
      this.events.fault(`${frame.code}: ${frame.detail}`)
    }
  }

  private later(pending: Pending): void {
    setTimeout(() => {
      if (this.pending === pending && !pending.isInDoubt) this.send(pending, pending.isAgain)
    }, AGAIN_MS)
  }

  private refused(why = 'refused'): void {
    const { pending } = this
    if (!pending) return
    // Perhaps because what was sent before was executed.
    if (pending.isAgain) {
      void this.doubt(this.submission)
      return
    }
    this.pending = undefined
    this.events.refused(pending.transfer, why)
    this.look()
  }

  /** Of what was sent up to this submission: another sequencer may have executed it, or will not. */
  private async doubt(submission: number): Promise<void> {
    const { pending } = this
    if (!pending || pending.isInDoubt || pending.submission > submission) return
    pending.isInDoubt = true
    await pause(DOUBT_MS)
    const claims = await readClaims([this.ws], 0, this.lastFinal + 1, undefined)
    if (this.pending !== pending) return
    const found = claims.find(({ columns }) => columns.from.includes(this.index))
    if (found) {
      const { number, txRoot } = found.claim
      this.end(pending, { number, claim: found.hash, txRoot })
      this.look()
    } else this.send(pending, true)
  }

  private end(pending: Pending, place: FinalPlace): void {
    this.pending = undefined
    this.nonce++
    this.lastFinal = place.number
    this.events.final(pending.transfer, place)
  }

  private final(frame: FinalFrame): void {
    const { pending } = this
    const offer = pending?.offer
    if (!pending || !offer) return
    if (offer.number !== frame.number || offer.txRoot !== frame.txRoot) return
    this.end(pending, frame)
    // The first receipt is taken to its end; all of them would be a load of another kind.
    if (this.receipts === 0 && !this.kept) {
      this.kept = pending
      this.connection.send({ kind: 'ask-claim', shard: 0, number: frame.number })
    }
    this.look()
  }

  private async keep(frame: ClaimFrame): Promise<void> {
    const { kept } = this
    if (!kept?.offer || frame.number === 0) return
    const { position, proof } = kept.offer
    const receipt = { transfer: kept.signed, claim: frame.claim, position, proof }
    // That its block is final is what the bench's auditor looks at, for every claim.
    const result = await this.account.keep(receipt, async () => true)
    if (result.ok) this.receipts++
    else this.events.fault(`a receipt does not hold: ${result.code}`)
  }

  private async root(frame: RootFrame): Promise<void> {
    const { pending } = this
    const mine = rootRuns(frame.runs).find(({ submission }) => submission === pending?.submission)
    if (!pending || !mine) return
    const proof = frame.proofs.slice()
    const { number, txRoot } = frame
    const { nonce } = pending.signed
    const answer = await this.account.cosign({ ...frame, nonce, position: mine.first, proof })
    // Who agreed to another root with this nonce has its transfer in this one none the less: its
    // ordinary signature speaks.
    if (answer.ok || answer.code === 'OTHER_ROOT') {
      pending.offer = { number, txRoot, position: mine.first, proof }
    } else if (answer.code !== 'OFFER_PROOF' || !pending.isAgain) {
      // What was sent twice and executed is offered with the next nonce, to which nobody agrees.
      this.events.fault(`a root was offered with ${answer.code}`)
    }
    if (!answer.ok || this.habit === 'never') return
    if (this.habit === 'late') await pause(frame.withinMs + LATE_MS)
    const { signature } = answer
    const cosign = {
      kind: 'cosign',
      shard: 0,
      number,
      txRoot,
      signature,
      absent: NOBODY_ABSENT,
    } as const
    for (let i = 0; i < (this.habit === 'twice' ? 2 : 1); i++) this.connection.send(cosign)
  }

  close(): void {
    this.connection.close()
  }
}

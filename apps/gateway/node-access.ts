// ChainAccess over the actors of one node at a time: the same one as long as it answers, so that
// what a client reads never goes back in time; the next one when it does not.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { BlockBuilderMessages } from '../../actors/messages/block-builder.ts'
import { MempoolMessages } from '../../actors/messages/mempool.ts'
import { ValidatorMessages } from '../../actors/messages/validator.ts'
import { LONG_POLL_HOLD_MS, RPC_ASK_MS } from '../../config/limits.ts'
import type { AskFailed, Edge } from '../../runtime/edge.ts'
import type { AskNames, Body, Reply, Verbs, Vocabulary } from '../../runtime/messages.ts'
import type { Cause } from '../../runtime/trace/cause.ts'
import { type ChainAccess, ChainUnavailable, type Verdict } from './chain-access.ts'

/** What a Submit message carries at most (actors/messages/mempool.ts). */
const SUBMIT_MAX = 256

interface Unsent {
  readonly transactions: readonly Uint8Array[]
  readonly done: (verdicts: readonly Verdict[]) => void
  readonly refuse: (error: Error) => void
}

export class NodeAccess implements ChainAccess {
  private readonly edge: Edge
  private readonly names: readonly string[]
  private readonly say: (line: string) => void
  private current = 0
  /** The node in use has answered: if it stops doing so, that is news. */
  private answering = true
  private unsent: Unsent[] = []

  /** `say` takes a line whenever another node is used. */
  constructor(edge: Edge, names: readonly string[], say: (line: string) => void) {
    this.edge = edge
    this.names = names
    this.say = say
  }

  nodes(): readonly string[] {
    return [...this.names.slice(this.current), ...this.names.slice(0, this.current)]
  }

  private async ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    verb: N,
    body: Body<V, N>,
    within = RPC_ASK_MS,
    cause?: Cause,
  ): Promise<Reply<V, N>> {
    let last = 'no nodes are configured'
    for (let attempt = 0; attempt < this.names.length; attempt++) {
      const used = this.current
      try {
        const name = this.names[used] as string
        const reply = await this.edge.ask(vocabulary, name, verb, body, { within, cause })
        this.answering = true
        return reply
      } catch (error) {
        last = (error as Error).message
        this.leave(used, last)
      }
    }
    throw new ChainUnavailable(last)
  }

  /** Many asks fail at once when a node goes down: only the first of them moves on. */
  private leave(used: number, why: string): void {
    if (this.current !== used || this.names.length < 2) return
    this.current = (used + 1) % this.names.length
    if (!this.answering) return
    this.answering = false
    const next = this.names[this.current]
    this.say(`node ${this.names[used]} does not answer (${why}): ${next} is asked`)
  }

  head = () => this.ask(ArchiveMessages, 'Head', null)

  block = (height: number) => this.ask(ArchiveMessages, 'Block', { height })

  heightOf: ChainAccess['heightOf'] = (hash) => this.ask(ArchiveMessages, 'HeightOf', { hash })

  transactionAt: ChainAccess['transactionAt'] = (hash) =>
    this.ask(ArchiveMessages, 'TransactionAt', { hash })

  account: ChainAccess['account'] = (address) => this.ask(ArchiveMessages, 'Account', { address })

  storage: ChainAccess['storage'] = (address, slot) =>
    this.ask(ArchiveMessages, 'Storage', { address, slot })

  proof: ChainAccess['proof'] = (address, slots) =>
    this.ask(BlockBuilderMessages, 'Prove', { address, slots: [...slots] })

  call: ChainAccess['call'] = (request) => this.ask(ArchiveMessages, 'Call', request)

  checkpoint: ChainAccess['checkpoint'] = (epoch) =>
    this.ask(ArchiveMessages, 'Checkpoint', { epoch })

  validatorSet: ChainAccess['validatorSet'] = (hash) =>
    this.ask(ArchiveMessages, 'ValidatorSet', { hash })

  logs: ChainAccess['logs'] = (query) => this.ask(ArchiveMessages, 'Logs', query)

  blocksAfter: ChainAccess['blocksAfter'] = async (height, max) => {
    const used = this.current
    const name = this.names[used] as string
    const body = { height, max }
    try {
      // The archive answers an idle poll by itself, somewhat later than it holds it.
      const within = LONG_POLL_HOLD_MS * 1.5
      const blocks = await this.edge.ask(ArchiveMessages, name, 'BlocksAfter', body, { within })
      this.answering = true
      return blocks
    } catch (error) {
      const { reason } = (error as AskFailed).failure ?? {}
      this.leave(used, reason ?? (error as Error).message)
      throw new ChainUnavailable((error as Error).message)
    }
  }

  /** What is handed in within one turn goes to the node as one message, in its order. */
  submit: ChainAccess['submit'] = (transactions, cause) => {
    if (cause) return this.submitNow(transactions, cause)
    return new Promise((done, refuse) => {
      const waiting = this.unsent.reduce((sum, one) => sum + one.transactions.length, 0)
      if (waiting + transactions.length > SUBMIT_MAX) this.submitUnsent()
      this.unsent.push({ transactions, done, refuse })
      if (this.unsent.length === 1) setImmediate(() => this.submitUnsent())
    })
  }

  private submitUnsent(): void {
    const batch = this.unsent
    if (batch.length === 0) return
    this.unsent = []
    this.submitNow(batch.flatMap(({ transactions }) => transactions)).then(
      (verdicts) => {
        let at = 0
        for (const { transactions, done } of batch) {
          done(verdicts.slice(at, at + transactions.length))
          at += transactions.length
        }
      },
      (error: Error) => {
        for (const { refuse } of batch) refuse(error)
      },
    )
  }

  private async submitNow(transactions: readonly Uint8Array[], cause?: Cause): Promise<Verdict[]> {
    const asked = this.current
    const body = { transactions: [...transactions] }
    const verdicts = await this.ask(MempoolMessages, 'Submit', body, RPC_ASK_MS, cause)
    if (verdicts.length !== transactions.length) {
      throw new ChainUnavailable('the mempool gave no verdict')
    }
    if (this.current === asked) return verdicts
    // The node that failed had taken some and told the others, only its answer was lost.
    return verdicts.map((verdict) =>
      verdict.code === 'ALREADY_KNOWN' ? { ...verdict, code: '', message: '' } : verdict,
    )
  }

  pendingNonce: ChainAccess['pendingNonce'] = (address) =>
    this.ask(MempoolMessages, 'PendingNonce', { address })

  waiting: ChainAccess['waiting'] = (hash) => this.ask(MempoolMessages, 'Lookup', { hash })

  pool = () => this.ask(MempoolMessages, 'Size', null)

  validator = () => this.ask(ValidatorMessages, 'Status', null)
}

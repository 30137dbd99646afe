// One node's block-builder, archive and mempool on a real host over a given store, with a stand-in
// for the validator that only counts what it is told: these tests decide what is final themselves.

import { Archive } from '../../../actors/archive/archive.ts'
import { BlockBuilder } from '../../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../../actors/mempool/mempool.ts'
import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import { BlockBuilderMessages } from '../../../actors/messages/block-builder.ts'
import { MempoolMessages } from '../../../actors/messages/mempool.ts'
import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { STARTING } from '../../../actors/validator/status-of.ts'
import type { Hex } from '../../../lib/hex.ts'
import { decodeBlock } from '../../../protocol/block/block.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import type { SentTransaction } from '../../../protocol/execution/execute-transactions.ts'
import type { Parent } from '../../../protocol/execution/plan-block.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import { actor } from '../../../runtime/actor.ts'
import { Host, type HostOptions } from '../../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import type { Store } from '../../../runtime/store.ts'
import type { TaskRunner } from '../../../runtime/task.ts'
import { CHAIN_ID, decide, testConfig, testGenesis } from '../../protocol/chain-world.ts'

const WITHIN = { within: 5000 }

interface Counts {
  waiting: number
}

const Counter = actor({
  messages: ValidatorMessages,
  restart: 'permanent',
  mailbox: { capacity: 100_000, overflow: 'reject' },
  setup: (_ctx, counts: Counts) => ({
    Deliver() {},
    TransactionWaiting() {
      counts.waiting++
    },
    ClaimWaiting() {},
    Figures() {},
    Status(_, reply) {
      reply({ ...STARTING, lagBlocks: 0 })
    },
  }),
})

const started: ChainNode[] = []

/** For a file's last `after`: hosts that run keep the process from ending. */
export async function stopChainNodes(): Promise<void> {
  await Promise.all(started.splice(0).map((node) => node.host.stop()))
}

export class ChainNode {
  readonly host: Host
  readonly name: string
  readonly counts: Counts = { waiting: 0 }
  readonly errors: string[] = []
  checked = 0

  constructor(
    name: string,
    store: Store,
    peers: readonly string[] = [],
    more: Partial<HostOptions> = {},
  ) {
    this.name = name
    started.push(this)
    const tasks: TaskRunner = {
      start: (_name, input, on) => {
        const { transactions } = input as { transactions: Uint8Array[] }
        this.checked += transactions.length
        setImmediate(() => on.ok({ senders: recoverSenders(transactions, secp256k1Noble) }))
        return () => {}
      },
    }
    this.host = new Host({
      name,
      place: (_kind, key) => key,
      clock: realClock,
      entropy: realEntropy,
      scheduler: realScheduler,
      storeFor: () => store,
      tasks,
      log: ({ level, event, fields }) => {
        if (level === 'error') this.errors.push(`${event} ${JSON.stringify(fields)}`)
      },
      strict: true,
      ...more,
    })
    const genesis = testGenesis()
    const config = testConfig()
    const keys = { mempool: name, archive: name, validator: name, peers }
    this.host.spawn(BlockBuilder, name, { genesis, config, ...keys })
    this.host.spawn(Archive, name, { config })
    this.host.spawn(Mempool, name, { chainId: CHAIN_ID, ...keys })
    this.host.spawn(Counter, name, this.counts)
  }

  submit(sent: readonly SentTransaction[]) {
    const transactions = sent.map(({ transaction }) => transaction.raw)
    return this.host.edge.ask(MempoolMessages, this.name, 'Submit', { transactions }, WITHIN)
  }

  tip(within = 5000) {
    return this.host.edge.ask(BlockBuilderMessages, this.name, 'Tip', null, { within })
  }

  async build(parent: Parent, allowEmpty = false, decided = decide(parent)) {
    const body = { ...decided, parent: parent.hash, allowEmpty }
    const built = await this.host.edge.ask(BlockBuilderMessages, this.name, 'Build', body, WITHIN)
    return { ...built, decoded: built.block && decodeBlock(built.block) }
  }

  hasCandidates(parent: Hex) {
    return this.host.edge.ask(BlockBuilderMessages, this.name, 'HasCandidates', { parent }, WITHIN)
  }

  check(block: Uint8Array) {
    return this.host.edge.ask(
      BlockBuilderMessages,
      this.name,
      'Check',
      { block, isFinal: false },
      WITHIN,
    )
  }

  finalise(hash: Hex, certificate = Uint8Array.of(7)) {
    const body = { hash, certificate, finalAtMs: 123 }
    return this.host.edge.ask(BlockBuilderMessages, this.name, 'Finalise', body, WITHIN)
  }

  archive<
    N extends 'Head' | 'BlocksAfter' | 'Block' | 'TransactionAt' | 'Account' | 'Call' | 'Logs',
  >(verb: N, body: Parameters<typeof this.host.edge.ask<typeof ArchiveMessages.verbs, N>>[3]) {
    return this.host.edge.ask(ArchiveMessages, this.name, verb, body, WITHIN)
  }
}

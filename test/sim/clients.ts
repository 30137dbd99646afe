// The load of the simulated cluster: people who transfer, and people who buy jobs. Each does one
// thing at a time and remembers what the cluster told it.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { MempoolMessages } from '../../actors/messages/mempool.ts'
import { SchedulerMessages } from '../../actors/messages/scheduler.ts'
import type { Hex } from '../../lib/hex.ts'
import { nothing } from '../../lib/schema.ts'
import { signTransaction } from '../../protocol/transaction/encode-transaction.ts'
import { actor } from '../../runtime/actor.ts'
import { messages, tell } from '../../runtime/messages.ts'
import { simSecp256k1 } from './sim-crypto.ts'

const NoMessages = (kind: string) => messages(kind, 1, { Nothing: tell(nothing) })

export interface Seen {
  /** Transfers that an archive reported as final. */
  readonly finalTransfers: Map<Hex, number>
  readonly acceptedJobs: Set<Hex>
  readonly endedJobs: Map<Hex, string>
}

export interface PersonProps {
  readonly nodes: readonly string[]
  readonly secretKey: Uint8Array
  readonly address: Hex
  readonly to: Hex
  readonly pauseMs: number
  readonly seen: Seen
}

const WITHIN_MS = 1500
const PATIENCE_MS = 4000

export const TransferPerson = actor({
  messages: NoMessages('transfer-person'),
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: PersonProps) {
    const node = () => props.nodes[ctx.random(props.nodes.length)] as string
    const rest = () => ctx.after('next', 1 + ctx.random(2 * props.pauseMs), next)
    const next = () => {
      ctx.ask(
        ArchiveMessages,
        node(),
        'Account',
        { address: props.address },
        {
          within: WITHIN_MS,
          failed: rest,
          ok: ({ nonce }) => submit(nonce),
        },
      )
    }
    const submit = (nonce: number) => {
      const raw = signTransaction(
        {
          type: 2,
          chainId: 1337n,
          nonce,
          maxFeePerGas: 10n ** 11n,
          maxPriorityFeePerGas: BigInt(1 + ctx.random(1000)),
          gasLimit: 21_000,
          to: props.to,
          value: BigInt(1 + ctx.random(1000)),
          data: new Uint8Array(0),
          accessList: [],
        },
        props.secretKey,
        simSecp256k1,
      )
      ctx.ask(
        MempoolMessages,
        node(),
        'Submit',
        { transactions: [raw] },
        {
          within: WITHIN_MS,
          failed: rest,
          ok: ([verdict]) =>
            verdict && verdict.code === '' ? awaitFinal(verdict.hash, 0) : rest(),
        },
      )
    }
    const awaitFinal = (hash: Hex, waitedMs: number) => {
      if (waitedMs > PATIENCE_MS) {
        rest()
        return
      }
      const again = () => ctx.after('again', 100, () => awaitFinal(hash, waitedMs + 100))
      ctx.ask(
        ArchiveMessages,
        node(),
        'TransactionAt',
        { hash },
        {
          within: WITHIN_MS,
          failed: again,
          ok: (place) => {
            if (!place) {
              again()
              return
            }
            props.seen.finalTransfers.set(hash, place.height)
            rest()
          },
        },
      )
    }
    rest()
    return { Nothing() {} }
  },
})

export const JobPerson = actor({
  messages: NoMessages('job-person'),
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: PersonProps) {
    const rest = () => ctx.after('next', 1 + ctx.random(2 * props.pauseMs), next)
    const next = () => {
      const body = {
        type: 'inference',
        model_id: 'stories15m',
        input_data: `robot ${ctx.random(1000)}`,
        requirements: { max_tokens: 4, deadline_seconds: 30 },
      }
      ctx.ask(
        SchedulerMessages,
        'main',
        'Quote',
        { consumer: props.address, request: JSON.stringify(body), payment: 'market' },
        {
          within: WITHIN_MS,
          failed: rest,
          ok: ({ code, request, jobId }) => (code ? rest() : submit(jobId, request)),
        },
      )
    }
    const submit = (jobId: Hex, request: string) => {
      const money = { escrowTx: undefined, lock: undefined }
      const body = { consumer: props.address, request, ...money, idempotencyKey: jobId }
      ctx.ask(SchedulerMessages, 'main', 'Submit', body, {
        within: 5 * WITHIN_MS,
        failed: rest,
        ok: ({ code }) => {
          if (code === '') {
            props.seen.acceptedJobs.add(jobId)
            follow(jobId, 0)
          } else rest()
        },
      })
    }
    const follow = (jobId: Hex, waitedMs: number) => {
      ctx.ask(
        SchedulerMessages,
        'main',
        'Job',
        { jobId },
        {
          within: WITHIN_MS,
          failed: () => ctx.after('follow', 500, () => follow(jobId, waitedMs + 500)),
          ok: (job) => {
            if (job && ['completed', 'failed', 'cancelled', 'expired'].includes(job.state)) {
              props.seen.endedJobs.set(jobId, job.state)
              rest()
            } else if (waitedMs > 2 * PATIENCE_MS) rest()
            else ctx.after('follow', 200, () => follow(jobId, waitedMs + 200))
          },
        },
      )
    }
    rest()
    return { Nothing() {} }
  },
})

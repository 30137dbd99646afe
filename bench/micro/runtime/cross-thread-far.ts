// The far thread of the bench between threads: a host with an actor that counts, and beside it the
// same over a bare port and over comlink.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { expose } from 'comlink'
import { comlinkEndpoint } from '../../../apps/node/agent/call-agent.ts'
import { actor } from '../../../runtime/actor.ts'
import { ringLink } from '../../../transport/threads/ring-link.ts'
import { Orders } from './order-messages.ts'
import { realHost } from './real-host.ts'

export interface FarInput {
  readonly memory: SharedArrayBuffer
  /** Counts what comes; answers a number with its count, and `{ echo }` with itself. */
  readonly bare: MessagePort
  readonly comlink: MessagePort
}

const counter = actor({
  messages: Orders,
  restart: 'temporary',
  mailbox: { capacity: 65_536, overflow: 'reject' },
  setup() {
    let count = 0
    return {
      Order() {
        count++
      },
      Parcel() {
        count++
      },
      Batch(orders) {
        count += orders.length
      },
      Block(block) {
        count += block.count
      },
      Count(_, reply) {
        reply(count)
        count = 0
      },
      Echo: (order, reply) => reply(order),
    }
  },
})

const { memory, bare, comlink } = workerData as FarInput

const host = realHost({ name: 'far', place: (kind) => (kind === 'orders' ? 'far' : 'near') })
host.spawn(counter, 'orders', null)
host.attach('near', ringLink(memory, 1))

let count = 0
bare.on('message', (message: unknown) => {
  if (message === 'count') {
    bare.postMessage(count)
    count = 0
  } else if (Array.isArray(message)) count += message.length
  else if (message instanceof ArrayBuffer) count++
  else if ((message as { echo?: unknown }).echo) bare.postMessage(message)
  else count++
})

expose({ echo: (order: unknown) => order }, comlinkEndpoint(comlink))
parentPort?.postMessage('ready')

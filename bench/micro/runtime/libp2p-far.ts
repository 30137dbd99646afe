// The far process of the bench over libp2p: a bare stream that counts what it gets, and a host with
// an actor that does the same. Both sides of the comparison stand on nodes with the same settings.

import type { Stream } from '@libp2p/interface'
import { actor } from '../../../runtime/actor.ts'
import type { Carrier } from '../../../transport/carrier.ts'
import { createNode } from '../../../transport/libp2p/create-node.ts'
import { startTrunks } from '../../../transport/libp2p/start-trunks.ts'
import { Mux } from '../../../transport/mux/mux.ts'
import { Bulk } from './bulk-messages.ts'
import {
  BARE_COUNT,
  BARE_ECHO,
  CHANNEL,
  type FarAddresses,
  farIdentity,
  LOOPBACK,
  nearIdentity,
  place,
} from './libp2p-ends.ts'
import { realHost } from './real-host.ts'

const bulk = actor({
  messages: Bulk,
  restart: 'temporary',
  mailbox: { capacity: 65_536, overflow: 'reject' },
  setup() {
    let taken = 0
    return {
      Take(body) {
        taken += body.length
      },
      Taken(wanted, reply) {
        if (taken !== wanted) throw new Error(`${taken} bytes were taken, ${wanted} were sent`)
        taken = 0
        reply(wanted)
      },
      Echo: (body, reply) => reply(body),
    }
  },
})

/** Eight bytes say how many follow; one byte back says that all of them came. */
function countBytes(stream: Stream): void {
  let left = 0
  stream.addEventListener('message', ({ data }) => {
    let { byteLength } = data
    if (left === 0) {
      const head = data instanceof Uint8Array ? data.subarray(0, 8) : data.subarray(0, 8)
      left = new DataView(head.buffer, head.byteOffset).getFloat64(0)
      byteLength -= 8
    }
    left -= byteLength
    if (left === 0) stream.send(new Uint8Array(1))
  })
}

function echo(stream: Stream): void {
  stream.addEventListener('message', ({ data }) => {
    stream.send(data)
  })
}

const far = farIdentity()
const node = await createNode({
  privateKey: far.privateKey,
  listen: [LOOPBACK],
  connectionsMax: 8,
})
await node.handle(BARE_COUNT, countBytes)
await node.handle(BARE_ECHO, echo)
await node.start()

const host = realHost({ name: 'far', place })
host.spawn(bulk, 'bulk', undefined)
const trunks = await startTrunks({
  process: 'far',
  identity: far,
  listen: LOOPBACK,
  peers: [{ name: 'near', peerId: nearIdentity().peerId, address: LOOPBACK }],
  onTrunk: (_, carrier: Carrier) => host.remote.attach('near', new Mux(carrier).open(CHANNEL)),
  log: () => {},
})
const addresses: FarAddresses = {
  bare: String(node.getMultiaddrs()[0]),
  trunk: trunks.addresses[0] as string,
}
process.send?.(addresses)
process.on('disconnect', () => process.exit(0))

// The worker thread's side of the relay: attaches a link to every host of another process that the
// main thread can reach.

import { parentPort } from 'node:worker_threads'
import type { Host } from '../../../runtime/host.ts'
import { Mux } from '../../../transport/mux/mux.ts'
import { ringLink } from '../../../transport/threads/ring-link.ts'
import { isRelayMessage } from './carrier-message.ts'
import { channelName } from './channel-name.ts'

export function joinRelay(host: Host): void {
  let mux: Mux | undefined
  parentPort?.on('message', (message: unknown) => {
    if (!isRelayMessage(message)) return
    if (message.type === 'aitbc-carrier') mux = new Mux(ringLink(message.memory, 1))
    else if (mux) host.attach(message.peer, mux.open(channelName(host.name, message.peer)))
  })
}

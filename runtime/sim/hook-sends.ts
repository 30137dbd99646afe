// Lets a simulated world see the messages that a host sends to others, before they are encoded, and
// send further ones in the host's name: for checkers, and for faults of the host itself.

import type { MessageEnvelope } from '../envelope.ts'
import type { Host } from '../host.ts'

/** Sees a message on its way; returns what is sent besides. */
export type SendHook = (
  from: string,
  to: string,
  message: MessageEnvelope,
) => readonly MessageEnvelope[]

export function hookSends(host: Host, hook: SendHook): void {
  const { remote } = host
  const send = remote.send.bind(remote)
  remote.send = (peer, vocabulary, message, writer) => {
    send(peer, vocabulary, message, writer)
    for (const extra of hook(host.name, peer, message)) send(peer, vocabulary, extra, writer)
  }
}

// The smallest actor with a state: adds up what it is told.

import { actor } from '../../../runtime/actor.ts'
import { Sink } from './sink-messages.ts'

export const counter = actor({
  messages: Sink,
  restart: 'permanent',
  mailbox: { capacity: 1024, overflow: 'reject' },
  setup() {
    let sum = 0
    return {
      Add(n) {
        sum += n
      },
      Sum: (_, reply) => reply(sum),
    }
  },
})

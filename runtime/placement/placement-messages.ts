// What hosts tell each other about who owns which actor; the key of the actor that hears it is the
// host's name.

import { str, struct } from '../../lib/schema.ts'
import { messages, tell } from '../messages.ts'
import { View } from './view.ts'

export const PlacementMessages = messages('placement', 1, {
  /** From whoever decides about members; an older view than the present one is ignored. */
  Members: tell(View, 'control'),
  /** The sender runs the actor no more, and all that it committed is in the store. */
  Released: tell(struct({ kind: str(128), key: str(256), view: View }), 'control'),
})

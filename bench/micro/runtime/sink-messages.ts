// What the counting actors of the in-thread benches can be told and asked.

import { nothing, u53 } from '../../../lib/schema.ts'
import { ask, messages, tell } from '../../../runtime/messages.ts'

export const Sink = messages('sink', 1, {
  Add: tell(u53),
  Sum: ask(nothing, u53, 'control'),
})

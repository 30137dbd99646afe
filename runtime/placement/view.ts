// Who takes part, and since when: a view is the list of members under a number that only grows.

import { type Infer, list, str, struct, u53 } from '../../lib/schema.ts'

export const View = struct({ epoch: u53, members: list(str(128), 1024) })
export type View = Infer<typeof View>

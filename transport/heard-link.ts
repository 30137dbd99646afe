// A link whose end somebody else hears of too: the host that owns it keeps its own callback.

import type { Link } from '../runtime/ports.ts'

export function heardLink(link: Link, ended: (why: string) => void): Link {
  return {
    send: (frame, lane) => link.send(frame, lane),
    onFrame: (receive) => link.onFrame(receive),
    onDrain: (drained) => link.onDrain(drained),
    onDown: (down) =>
      link.onDown((why) => {
        ended(why)
        down(why)
      }),
    close: (why) => link.close(why),
  }
}

// How far a long command is: one line that is written over on a screen, or one line every tenth
// where lines stay.

import type { BaseOptions, Speaker } from '../base-command.ts'
import type { Terminal } from '../terminal.ts'

export type Progress = (done: number, of: number) => void

/** The result reports; it ends its own line when all is done. */
export function progressLine(
  what: string,
  say: Speaker,
  terminal: Terminal,
  options: BaseOptions,
): Progress {
  const inPlace = terminal.interactive && !options.json
  let last = -1
  return (done, of) => {
    const percent = of === 0 ? 100 : Math.floor((100 * done) / of)
    const step = inPlace ? percent : Math.floor(percent / 10)
    if (step === last && done < of) return
    last = step
    const line = ` ${what} ${done} of ${of} (${percent} %)`
    if (!inPlace) say.line(line)
    else say.text(done < of ? `\r${line}\u001b[K` : `\r${line}\u001b[K\n`)
  }
}

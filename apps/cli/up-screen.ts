// Draws the events of a starting and running cluster; keeps the one line that is rewritten in
// place.

import type { ClusterEvent, ClusterStatus } from '../node/cluster-events.ts'
import { speaker } from './base-command.ts'
import { startLine } from './screen/start-lines.ts'
import { statusLine } from './screen/status-line.ts'
import type { Terminal } from './terminal.ts'
import { tellStarter } from './up-message.ts'
import type { UpOptions } from './up-options.ts'

/** Without a person watching, the status is written this often. */
const PLAIN_STATUS_MS = 60_000

export interface ScreenOptions {
  readonly data: string
  readonly options: UpOptions
  readonly terminal: Terminal
}

export function upScreen({ data, options, terminal }: ScreenOptions) {
  const say = speaker(options, terminal)
  const inPlace = terminal.interactive && !options.json && !process.env.NO_COLOR
  let live = false
  let readyAt = 0
  let lastPlain = 0
  let last: ClusterStatus | undefined
  const rewrite = (line: string) => {
    say.text(`${live ? '\r' : ''}${line}\u001b[K`)
    live = true
  }
  const line = (text: string) => {
    if (live) say.text('\r\u001b[K')
    live = false
    say.line(text)
  }
  const show = (event: ClusterEvent) => {
    tellStarter({ type: 'event', event })
    if (event.type === 'ready') readyAt = performance.now()
    if (event.type === 'status') {
      last = event.status
      const uptime = performance.now() - readyAt
      if (inPlace) rewrite(statusLine(event.status, uptime, terminal.columns))
      else if (uptime - lastPlain >= PLAIN_STATUS_MS) {
        lastPlain = uptime
        line(statusLine(event.status, uptime, 1000))
      }
      return
    }
    const text = startLine(event)
    if (text === undefined || (options.quiet && event.type !== 'warning')) return
    if (event.type === 'download' && event.bytes < event.totalBytes) {
      if (inPlace) rewrite(text)
    } else line(text)
  }
  const totals = () => {
    if (!last) return `stopped; the state is in ${data}`
    const jobs = Object.values(last.jobs).reduce((sum, count) => sum + count, 0)
    return `stopped at height ${last.height} after ${jobs} jobs; the state is in ${data}`
  }
  return { show, line, totals }
}

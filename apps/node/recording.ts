// AITBC_RECORD='kind/key' records an actor of this thread from its start: one file for each of its
// incarnations, which `npm run sim -- --replay FILE` runs again.

import { join } from 'node:path'
import type { LogLine } from '../../runtime/ports.ts'
import { type ActorRecorder, recordActors } from '../../runtime/recorder/record-actors.ts'
import { recordingFile } from '../../runtime/recorder/recording-file.ts'

/** Undefined when nothing is to be recorded. */
export function recordingOf(
  wanted: string | undefined,
  host: string,
  folder: string,
  log: (line: LogLine) => void,
): ActorRecorder | undefined {
  if (!wanted) return undefined
  return recordActors(
    host,
    ({ kind, key }) => `${kind}/${key}` === wanted,
    (target, incarnation) => {
      const stamp = new Date().toISOString().replace(/[:.]/g, '-')
      const safe = `${target.kind}-${target.key}`.replace(/[^\w.-]/g, '_')
      const path = join(folder, `${safe}-${stamp}-${incarnation}.recording`)
      log({ level: 'warn', host, actor: target, event: 'recording', fields: { path } })
      return recordingFile(path)
    },
  )
}

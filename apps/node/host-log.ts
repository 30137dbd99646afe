// The cluster's log: JSON lines in a file, so that the screen stays calm. The last lines stay in
// memory for the inspector.

import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { ADMIN_LOG_FIELDS_CHARS_MAX, ADMIN_LOG_LINES_KEPT } from '../../config/limits.ts'
import type { LogLine } from '../../runtime/ports.ts'
import type { LogEntry } from '../inspector/snapshot.ts'

export class HostLog {
  private readonly stream: WriteStream
  private readonly kept: LogEntry[] = []

  /** `name` of the file, without its ending. */
  constructor(dataDirectory: string, name: string) {
    const folder = join(dataDirectory, 'logs')
    mkdirSync(folder, { recursive: true })
    this.stream = createWriteStream(join(folder, `${name}.log`), { flags: 'a' })
  }

  write({ level, host, actor, event, fields }: LogLine): void {
    const at = Date.now()
    const time = new Date(at).toISOString()
    const name = actor && `${actor.kind}/${actor.key}`
    this.stream.write(`${JSON.stringify({ time, level, host, actor: name, event, ...fields })}\n`)
    const text = fields === undefined ? '' : JSON.stringify(fields)
    const entry = { at, level, host, actor: name, event }
    this.kept.push({ ...entry, fields: text.slice(0, ADMIN_LOG_FIELDS_CHARS_MAX) })
    if (this.kept.length > ADMIN_LOG_LINES_KEPT) this.kept.shift()
  }

  /** The last lines, newest last. */
  entries(): readonly LogEntry[] {
    return this.kept
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(resolve))
  }
}

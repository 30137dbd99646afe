// The cluster's log: JSON lines in a file, so that the screen stays calm.

import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '../../runtime/ports.ts'

export class HostLog {
  private readonly stream: WriteStream

  /** `name` of the file, without its ending. */
  constructor(dataDirectory: string, name: string) {
    const folder = join(dataDirectory, 'logs')
    mkdirSync(folder, { recursive: true })
    this.stream = createWriteStream(join(folder, `${name}.log`), { flags: 'a' })
  }

  write({ level, host, actor, event, fields }: LogLine): void {
    const time = new Date().toISOString()
    const name = actor && `${actor.kind}/${actor.key}`
    this.stream.write(`${JSON.stringify({ time, level, host, actor: name, event, ...fields })}\n`)
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(resolve))
  }
}

// What `aitbc run` has locked in the rollup and not seen the end of: a folder for each job, so that
// the same command, given again after it was cut off, goes on with that job and pays nothing twice.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FolderInUse, lockFolder } from '../../storage/lmdb/folder-lock.ts'
import type { JobQuote, JobRequest } from './job-desk.ts'

export interface UnfinishedRun {
  readonly request: JobRequest
  readonly quote: JobQuote
  readonly lock: number
  readonly use: number
}

/** The job is this command's until then. */
export interface HeldRun extends UnfinishedRun {
  /** `isOver`: nobody has to go on with it. */
  end(isOver: boolean): void
}

/** Folders that are looked at; a job that is over has none. */
const LOOKED_AT_MAX = 256

const isSame = (a: JobRequest, b: JobRequest) => JSON.stringify(a) === JSON.stringify(b)

export class UnfinishedRuns {
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Before the lock is handed in. */
  begin(run: UnfinishedRun): HeldRun {
    const folder = join(this.folder, run.quote.jobId)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const held = this.hold(folder, run)
    const quote = { ...run.quote, priceWei: run.quote.priceWei.toString() }
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...run, quote }))
    return held
  }

  private hold(folder: string, run: UnfinishedRun): HeldRun {
    const release = lockFolder(folder)
    return {
      ...run,
      end(isOver) {
        if (isOver) rmSync(join(folder, 'run.json'), { force: true })
        release()
        if (isOver) rmSync(folder, { recursive: true, force: true })
      },
    }
  }

  /** One of the same request that no command is at. */
  find(request: JobRequest): HeldRun | undefined {
    for (const name of this.names()) {
      const folder = join(this.folder, name)
      const run = this.read(folder)
      if (!run || !isSame(run.request, request)) continue
      try {
        return this.hold(folder, run)
      } catch (error) {
        if (!(error instanceof FolderInUse)) throw error
      }
    }
    return undefined
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder).slice(0, LOOKED_AT_MAX)
    } catch {
      return []
    }
  }

  private read(folder: string): UnfinishedRun | undefined {
    try {
      const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
      return { ...run, quote: { ...run.quote, priceWei: BigInt(run.quote.priceWei) } }
    } catch {
      return undefined
    }
  }
}

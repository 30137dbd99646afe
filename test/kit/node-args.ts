// How a test starts one of our programs in a process of its own: in the form that runs now,
// compiled or from source.

import { fileURLToPath } from 'node:url'
import { runningFile } from '../../transport/threads/running-file.ts'

/** Arguments for node; `path` is the program's without its ending, as `runningFile` takes it. */
export function nodeArgs(metaUrl: string, path: string): string[] {
  const file = fileURLToPath(runningFile(metaUrl, path))
  return [...loaderArgs(metaUrl), file]
}

/** What node needs before it can import a module next to that one. */
export function loaderArgs(metaUrl: string): string[] {
  return metaUrl.endsWith('.ts') ? ['--import', 'tsx'] : []
}

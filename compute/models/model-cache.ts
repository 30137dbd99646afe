// Where model files are kept on this machine: by digest, in the user's cache folder, so that two
// models or two clusters share what is the same. A file is there only if it was checked.

import { createHash } from 'node:crypto'
import { createReadStream, existsSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Manifest, ModelFileSpec } from './manifest.ts'

export function blobFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'aitbc', 'models', 'blobs')
}

export function blobPath(file: ModelFileSpec): string {
  return join(blobFolder(), `sha256-${file.sha256}`)
}

export function hasBlob(file: ModelFileSpec): boolean {
  const path = blobPath(file)
  return existsSync(path) && statSync(path).size === file.size
}

export function isCached(manifest: Manifest): boolean {
  return manifest.files.every(hasBlob)
}

/** Paths by file name. Throws naming what is missing. */
export function cachedFiles(manifest: Manifest): Record<string, string> {
  const paths: Record<string, string> = {}
  for (const file of manifest.files) {
    if (!hasBlob(file)) {
      throw new Error(
        `${manifest.id}: ${file.name} is not here; run ./aitbc models pull ${manifest.id}`,
      )
    }
    paths[file.name] = blobPath(file)
  }
  return paths
}

async function digestOf(path: string): Promise<string> {
  const sha256 = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    sha256.update(chunk as Buffer)
  }
  return sha256.digest('hex')
}

/**
 * Paths by file name, once every file's digest has been compared with the manifest: disks decay,
 * and a model must never run on other weights than its root names. Removes what is damaged, so
 * that the next pull fetches it again. Rejects naming what is missing or damaged.
 */
export async function checkedFiles(manifest: Manifest): Promise<Record<string, string>> {
  const paths = cachedFiles(manifest)
  for (const file of manifest.files) {
    const path = blobPath(file)
    if ((await digestOf(path)) === file.sha256) continue
    rmSync(path, { force: true })
    throw new Error(
      `${manifest.id}: ${file.name} was damaged and is removed; run ./aitbc models pull ${manifest.id}`,
    )
  }
  return paths
}

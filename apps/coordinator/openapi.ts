// The API's description (OpenAPI 3.1), from the same routes and schemas that serve it.

import { z } from 'zod'
import type { ApiRoute } from './api.ts'
import { API_ERRORS } from './errors.ts'

function operation(route: ApiRoute) {
  const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] as string)
  const text = { type: 'string' }
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: text })),
    ...(route.query ?? []).map((name) => ({ name, in: 'query', required: false, schema: text })),
  ]
  const content = route.body && {
    'application/json': { schema: z.toJSONSchema(route.body, { io: 'input' }) },
  }
  return {
    summary: route.summary,
    parameters,
    ...(content && { requestBody: { required: true, content } }),
    ...(route.access === 'account' && { security: [{ bearer: [] }] }),
    responses: {
      '200': { description: 'as described' },
      default: { $ref: '#/components/responses/Error' },
    },
  }
}

export function openApi(routes: readonly ApiRoute[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  const error = {
    type: 'object',
    properties: {
      code: { type: 'string', enum: Object.keys(API_ERRORS) },
      message: { type: 'string' },
      status: { type: 'integer' },
      details: { type: 'array', items: { type: 'object' } },
      hint: { type: 'string' },
    },
  }
  return {
    openapi: '3.1.1',
    info: { title: 'AITBC coordinator', version: '1' },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: {
        Error: {
          description: 'an error, always in this form',
          content: {
            'application/json': { schema: { type: 'object', properties: { error } } },
          },
        },
      },
    },
  }
}

// Starts an HTTP server on the fastest driver that works here. Falling back is always said.

import { isMainThread } from 'node:worker_threads'
import type { HttpServer, HttpServerOptions } from './http-server.ts'
import { startNodeHttp } from './node-driver.ts'

export interface DriverChoice {
  /** 'auto' takes uWebSockets.js where its binary loads. */
  readonly driver?: 'auto' | 'uws' | 'node'
  /** Takes the one line that says why the fallback runs. */
  readonly say: (line: string) => void
}

/** Rejects with ListenError, or when the driver that was asked for does not load. */
export async function startHttp(
  options: HttpServerOptions,
  { driver = 'auto', say }: DriverChoice,
): Promise<HttpServer> {
  if (driver === 'node') return startNodeHttp(options)
  const start = await loadUws().catch((error: Error) => {
    if (driver === 'uws') throw error
    say(`HTTP runs on node:http, which is slower: ${error.message.split('\n')[0]}`)
    return startNodeHttp
  })
  return start(options)
}

async function loadUws(): Promise<(options: HttpServerOptions) => Promise<HttpServer>> {
  // A worker that hosts it aborts the whole process when it is terminated (DESIGN 3).
  if (!isMainThread) throw new Error('uWebSockets.js may only run on the main thread')
  return (await import('./uws-driver.ts')).startUwsHttp
}

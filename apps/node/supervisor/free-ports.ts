// Free ports of this machine, chosen before the processes that will listen on them start: peers
// have to know each other's. From below the range that the kernel takes for outgoing connections,
// which would otherwise be given away in between.

import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const FIRST = 20_000
const LAST = 32_000
const TRIES = 200

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** `count` different ports. Rejects when the machine has none to give. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > TRIES + count) throw new Error('no free ports between 20000 and 32000')
    const port = randomInt(FIRST, LAST)
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}

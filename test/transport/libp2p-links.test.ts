// Links over libp2p against the one suite: trunks on loopback, and channels of a mux over them.

import { test } from 'uvu'
import type { Carrier } from '../../transport/carrier.ts'
import { Mux } from '../../transport/mux/mux.ts'
import { linkTests } from '../conformance/link.ts'
import { startPair } from './trunk-pair.ts'

const PATIENCE_MS = 10_000
const sleep = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function settle(done: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!done() && performance.now() < end) await sleep(2)
}

const real = { settle, quiet: () => sleep(50), ordered: true }

/** New carriers arrive after each test closes its own, since a lost trunk is made again. */
const dialled: Carrier[] = []
const accepted: Carrier[] = []
const pair = await startPair((carrier, side) => {
  ;(side === 'dialer' ? dialled : accepted).push(carrier)
})

async function carriers(): Promise<[Carrier, Carrier]> {
  await settle(() => dialled.length > 0 && accepted.length > 0)
  return [dialled.pop() as Carrier, accepted.pop() as Carrier]
}

linkTests(test, { name: 'libp2p', make: carriers, keepsWhy: true, ...real })

let muxes: [Mux, Mux] | undefined
let opened = 0

linkTests(test, {
  name: 'mux over libp2p',
  make: async () => {
    if (!muxes) {
      const [near, far] = await carriers()
      muxes = [new Mux(near), new Mux(far)]
    }
    const name = `a|b ${opened++}`
    const [near, far] = [muxes[0].open(name), muxes[1].open(name)]
    let answered = false
    far.onFrame(() => {
      answered = true
    })
    near.send(Uint8Array.of(1), 'data')
    await settle(() => answered)
    return [near, far]
  },
  ...real,
})

test.after(async () => {
  for (const { trunks } of pair) await trunks.stop()
})

test.run()

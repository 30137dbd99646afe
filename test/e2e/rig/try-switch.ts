// Sends datagrams between two namespaces through the switch, under one kind of wire after the
// other, and prints what came back: the measured proof that the switch does what its table says.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { WireRule } from './lab/link-table.ts'
import { NetworkLab } from './lab/network-lab.ts'
import { addressOf } from './manifest/manifest-topology.ts'

const NAMES = ['node0', 'node1']
const PORT = 4000
const IN_FORCE_MS = 150

const ECHO = `
const socket = require('dgram').createSocket('udp4')
socket.on('message', (data, from) => socket.send(data, from.port, from.address))
socket.bind(${PORT}, () => console.log('ready'))`

/** argv: count, bytes of each. Prints how many came back and their median time. */
const ASK = `
const [count, bytes] = process.argv.slice(1).map(Number)
const socket = require('dgram').createSocket('udp4')
const times = []
socket.on('message', (data) => times.push(performance.now() - data.readDoubleBE(0)))
let sent = 0
const timer = setInterval(() => {
  const data = Buffer.alloc(bytes)
  data.writeDoubleBE(performance.now(), 0)
  socket.send(data, ${PORT}, '${addressOf('node1')}')
  if (++sent < count) return
  clearInterval(timer)
  setTimeout(() => {
    times.sort((a, b) => a - b)
    console.log(JSON.stringify({ back: times.length, ms: times[times.length >> 1] ?? null }))
    process.exit()
  }, 500)
}, 2)`

function inside(name: string, code: string, ...args: string[]) {
  const command = [`--net=/run/netns/${name}`, process.execPath, '-e', code, ...args]
  return spawn('nsenter', command, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function line(child: ReturnType<typeof inside>): Promise<string> {
  const [text] = await once(createInterface({ input: child.stdout }), 'line')
  return text as string
}

const lab = await NetworkLab.open(NAMES, process.argv[2] as string, 7)
await line(inside('node1', ECHO))

async function under(rules: readonly WireRule[], count = 100, bytes = 100): Promise<unknown> {
  lab.setWires(rules)
  await pause(IN_FORCE_MS)
  return JSON.parse(await line(inside('node0', ASK, String(count), String(bytes))))
}

const out = { from: ['node0'], to: ['node1'] }
const back = { from: ['node1'], to: ['node0'] }
const delayed = { delay: 25 }
const report = {
  clean: await under([]),
  delayed: await under([
    { ...out, ...delayed },
    { ...back, ...delayed },
  ]),
  lossy: await under([{ ...out, loss: 0.3 }], 300),
  cut: await under([{ ...back, cut: true }]),
  healed: await under([]),
  // 100 datagrams of 1000 bytes in 200 ms need 4 Mbit/s: on 1 Mbit/s the last waits 0.6 s.
  narrow: await under([{ ...out, bandwidth: 125_000 }], 100, 1000),
}
process.stdout.write(`${JSON.stringify(report)}\n`)
process.exit(0)

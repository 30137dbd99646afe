// What the inspector costs at 4 Hz with 1,000 actors, on both sides, as a share of one core: rounds
// with and without it in turns, medians of both. npm run bench -- inspector-cost [--json]
// With --size=200x60 another screen, with --actors=N another number of actors.

import { type ChildProcess, fork } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../lib/package-root.ts'

const ROUNDS = 5
const ROUND_MS = 6000
const WARM_MS = 10_000
const GOAL = 0.01

interface Told {
  readonly cpu: { readonly user: number; readonly system: number }
  readonly frames: number
  readonly bytes: number
  readonly up: boolean
  readonly rows: number
}

const option = (name: string) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
const actors = Number(option('actors') ?? 1000)
const [width, height] = (option('size') ?? '120x40').split('x') as [string, string]

const folder = join(packageRoot(), 'dist', 'bench', 'micro', 'inspector')

function start(program: string, args: string[]): { child: ChildProcess; first: Promise<unknown> } {
  const child = fork(join(folder, program), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const first = new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)))
  })
  return { child, first }
}

function ask(child: ChildProcess, order: string): Promise<Told> {
  return new Promise((resolve) => {
    child.once('message', (told) => resolve(told as Told))
    child.send(order)
  })
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

/** Share of one core that a process used between two answers. */
function share(before: Told, after: Told, ms: number): number {
  const used = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system
  return used / 1000 / ms
}

const watched = start('process-side.js', [String(actors)])
const { url } = (await watched.first) as { url: string }
const screen = start('screen-side.js', [url, width, height])
await screen.first

async function round(order: 'watch' | 'rest'): Promise<{ process: number; screen: number }> {
  await ask(screen.child, order)
  await wait(1000)
  const before = [await ask(watched.child, 'cpu'), await ask(screen.child, 'cpu')] as const
  const startedAt = performance.now()
  await wait(ROUND_MS)
  const after = [await ask(watched.child, 'cpu'), await ask(screen.child, 'cpu')] as const
  const ms = performance.now() - startedAt
  return { process: share(before[0], after[0], ms), screen: share(before[1], after[1], ms) }
}

await ask(screen.child, 'watch')
await wait(WARM_MS)
const warm = await ask(screen.child, 'cpu')
if (!warm.up || warm.rows !== actors) throw new Error(`it saw ${warm.rows} of ${actors} actors`)

const off: { process: number; screen: number }[] = []
const on: { process: number; screen: number }[] = []
let sent = { frames: 0, bytes: 0 }
for (let i = 0; i < ROUNDS; i++) {
  off.push(await round('rest'))
  const from = await ask(screen.child, 'cpu')
  on.push(await round('watch'))
  const to = await ask(screen.child, 'cpu')
  sent = {
    frames: sent.frames + to.frames - from.frames,
    bytes: sent.bytes + to.bytes - from.bytes,
  }
}
watched.child.kill()
screen.child.kill()

const cost = (side: 'process' | 'screen') => ({
  share: median(on.map((one) => one[side])) - median(off.map((one) => one[side])),
  off: median(off.map((one) => one[side])),
  on: median(on.map((one) => one[side])),
})
const figures = {
  actors,
  size: `${width}x${height}`,
  hz: 4,
  process: cost('process'),
  screen: cost('screen'),
  bytes_per_frame: Math.round(sent.bytes / Math.max(1, sent.frames)),
  cores: cpus().length,
  load: loadavg()[0],
}
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(figures))
} else {
  const percent = (value: number) => `${(value * 100).toFixed(2)} %`
  const line = (name: string, side: ReturnType<typeof cost>) =>
    `  ${name}  ${percent(side.share)} of a core  (${percent(side.on)} with, ${percent(side.off)} without)`
  console.log(
    `inspector, ${actors} actors, ${figures.size}, 4 Hz; goal under ${percent(GOAL)} each`,
  )
  console.log(line('process watched', figures.process))
  console.log(line('inspector      ', figures.screen))
  console.log(
    `  ${figures.bytes_per_frame} bytes a frame, load average ${figures.load?.toFixed(1)}`,
  )
}

// The network of a run: a namespace for every node, the switch that joins them, and the portal
// through which everybody else reaches what the nodes serve on their loopback. It stands inside the
// rig's own namespaces (see enclosure.ts), so nothing of it outlives the run.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { addressOf } from '../manifest/manifest-topology.ts'
import { RigError } from '../rig-error.ts'
import { linkTable, type WireRule } from './link-table.ts'
import { compileTool } from './native-tools.ts'

const START_MS = 10_000
const PREFIX_BITS = 24

/** Ports on the loopback of every node. */
export const NODE_PORTS = { rpc: 8545, admin: 9464 } as const

export interface Doors {
  readonly rpc: string
  readonly admin: string
}

function run(command: string, args: readonly string[], input?: string): void {
  const result = spawnSync(command, args, { encoding: 'utf8', input, timeout: START_MS })
  if (result.status === 0) return
  const why = result.error?.message ?? result.stderr.trim()
  throw new RigError(`${command} ${args.join(' ')} failed`, why, 'see what the kernel allows here')
}

function macOf(index: number): string {
  return `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`
}

/** The first lines that a program prints, or its end as an error. */
async function firstLines(child: ChildProcess, count: number, what: string): Promise<string[]> {
  const lines: string[] = []
  const out = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  let told = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const read = new Promise<void>((resolve) => {
    out.on('line', (line) => {
      lines.push(line)
      if (lines.length === count) resolve()
    })
  })
  const timer = AbortSignal.timeout(START_MS)
  await Promise.race([read, once(child, 'exit'), once(timer, 'abort')])
  if (lines.length >= count) return lines
  throw new RigError(`the ${what} did not start`, told.trim() || 'it said nothing', 'see above')
}

export class NetworkLab {
  private readonly names: readonly string[]
  private readonly control: string
  private readonly tools: readonly ChildProcess[]
  private readonly doors: ReadonlyMap<string, Doors>

  private constructor(
    names: readonly string[],
    control: string,
    tools: readonly ChildProcess[],
    doors: ReadonlyMap<string, Doors>,
  ) {
    this.names = names
    this.control = control
    this.tools = tools
    this.doors = doors
  }

  /** `folder` is where the tools and the control file lie. */
  static async open(names: readonly string[], folder: string, seed: number): Promise<NetworkLab> {
    const control = join(folder, 'switch.control')
    writeFileSync(control, linkTable(names, []))
    mkdirSync('/run/netns', { recursive: true })
    run('mount', ['-t', 'tmpfs', 'tmpfs', '/run/netns'])
    run('ip', ['link', 'set', 'lo', 'up'])
    for (const name of names) run('ip', ['netns', 'add', name])
    const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe']
    const wires = spawn(compileTool('switch', folder), [control, String(seed), ...names], {
      stdio,
      detached: true,
    })
    await firstLines(wires, 1, 'switch')
    for (const [i, name] of names.entries()) {
      const neighbours = names.flatMap((other, j) =>
        i === j ? [] : [`neigh add ${addressOf(other)} lladdr ${macOf(j)} nud permanent dev wire`],
      )
      const lines = [
        'link set lo up',
        `link set wire address ${macOf(i)} up`,
        `addr add ${addressOf(name)}/${PREFIX_BITS} dev wire`,
        ...neighbours,
      ]
      run('ip', ['-n', name, '-batch', '-'], `${lines.join('\n')}\n`)
    }
    const ports = Object.values(NODE_PORTS)
    const wanted = names.flatMap((name) => ports.map((port) => `${name}:${port}`))
    const portal = spawn(compileTool('portal', folder), wanted, { stdio, detached: true })
    const outside = await firstLines(portal, wanted.length, 'portal')
    const url = (at: number) => `http://127.0.0.1:${outside[at]}`
    const doors = names.map((name, i) => {
      return [name, { rpc: url(2 * i), admin: url(2 * i + 1) }] as const
    })
    return new NetworkLab(names, control, [wires, portal], new Map(doors))
  }

  doorsOf(name: string): Doors {
    return this.doors.get(name) as Doors
  }

  /** In force within 50 ms. */
  setWires(rules: readonly WireRule[]): void {
    writeFileSync(`${this.control}.new`, linkTable(this.names, rules))
    renameSync(`${this.control}.new`, this.control)
  }

  close(): void {
    for (const tool of this.tools) tool.kill('SIGKILL')
  }
}

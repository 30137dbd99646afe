// Power cuts: a network on a disk whose every write is logged, then that disk as a cut at random
// points would have left it, each checked by starting the network on it.
// npm run power-cut -- [--cuts 10] [--seconds 20] [--seed 1] [--json]
// Exit 1 when something acknowledged is lost or a node does not start, 2 when it cannot be run.

import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../lib/package-root.ts'
import { enclosed, keepFolder, runFolder } from '../test/e2e/rig/lab/enclosure.ts'
import { RigError } from '../test/e2e/rig/rig-error.ts'

const CUT_MS = 200_000
const RECORD_MS = 1_000_000

const NEEDED = [
  ['linux.uml', 'user-mode-linux'],
  ['insmod', 'kmod'],
  ['dmsetup', 'dmsetup'],
  ['mkfs.ext4', 'e2fsprogs'],
] as const

function mustRunHere(): void {
  const there = (command: string) =>
    ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(join(folder, command)))
  const missing = NEEDED.filter(([command]) => !there(command))
  const isRoot = process.getuid?.() === 0
  if (missing.length === 0 && isRoot) return
  const why = isRoot ? `missing: ${missing.map(([one]) => one).join(', ')}` : 'it needs root'
  const hint = `apt-get install ${NEEDED.map(([, name]) => name).join(' ')}, and run it as root`
  throw new RigError('power cuts cannot be made here', why, hint)
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cuts: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  const numbers = [values.cuts, values.seconds, values.seed].map(Number)
  if (!numbers.every((number) => Number.isInteger(number) && number > 0 && number < 10_000)) {
    throw new RigError('--cuts, --seconds and --seed are whole numbers', 'one is not', 'see above')
  }
  mustRunHere()
  spawnSync('modprobe', ['loop'])
  const folder = runFolder()
  const program = join(packageRoot(), 'scripts', 'power-cut', 'inside.ts')
  const args = ['--import', 'tsx', '--enable-source-maps', program, folder, ...numbers.map(String)]
  const [cuts = 0, seconds = 0] = numbers
  const limitMs = RECORD_MS + seconds * 1000 + cuts * CUT_MS
  const status = await enclosed(values.json ? [...args, 'json'] : args, limitMs)
  if (status === 0) rmSync(folder, { recursive: true })
  else process.stderr.write(`the log of writes and the images: ${keepFolder(folder)}\n`)
  return status
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof RigError)) throw error
  process.stderr.write(error.lines())
  process.exitCode = 2
}

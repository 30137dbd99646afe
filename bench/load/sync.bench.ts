// Joining a chain: by snapshot and by replay, starting again after kill -9, and pruning, on a chain
// of its own making in real LMDB stores. Without a network, so these are the costs of the work
// itself: bytes over links and finality certificates come on top. Every phase is a process of its
// own; `peak_mb` is the most of its own memory that was seen in it.
//
//   npm run bench -- sync [--blocks=200] [--accounts=5000] [--json]
//   the figures of docs/spec/consensus-figures.md: --blocks=100000 --accounts=1000000

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { machine } from '../harness/machine.ts'
import type { SyncSize } from './sync/sync-world.ts'

const PHASE = fileURLToPath(new URL('./sync/phase.ts', import.meta.url))
const RESTARTS = 3

type Measured = Readonly<Record<string, number>> & { readonly state_root?: string }

function option(name: string, fallback: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`))
  const value = given ? Number(given.slice(name.length + 3)) : fallback
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`--${name} is a whole number above 0, not "${given}"`)
}

function launch(name: string, root: string, { blocks, accounts }: SyncSize): ChildProcess {
  const args = ['--import', 'tsx', PHASE, name, root, String(blocks), String(accounts)]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What the process has measured. Rejects when it ends without a word. */
async function said(child: ChildProcess): Promise<Measured> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [first] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
  if (typeof first === 'string') return JSON.parse(first)
  throw new Error(`a phase failed: ${child.spawnargs.slice(4).join(' ')}`)
}

async function phase(name: string, root: string, size: SyncSize): Promise<Measured> {
  const child = launch(name, root, size)
  const [measured] = await Promise.all([said(child), once(child, 'exit')])
  return measured
}

/** Milliseconds from starting a process to its chain being loaded; it is killed then. */
async function start(root: string, size: SyncSize) {
  const started = performance.now()
  const child = launch('start', root, size)
  const { peak_mb = 0 } = await said(child)
  const ms = Math.round(performance.now() - started)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { ms, peak_mb }
}

async function measure(root: string, size: SyncSize) {
  const made = await phase('make', root, size)
  const snapshot = await phase('snapshot', root, size)
  const joined = await phase('join', root, size)
  const replayed = await phase('replay', root, size)
  if (joined.state_root !== replayed.state_root) throw new Error('two states of one chain')
  const starts = []
  for (let i = 0; i < RESTARTS; i++) starts.push(await start(root, size))
  const pruned = await phase('prune', root, size)
  return {
    ...size,
    transfers: made.transfers,
    make_chain_ms: made.ms,
    chain_bytes: made.chain_bytes,
    snapshot_accounts: snapshot.accounts,
    snapshot_slots: snapshot.slots,
    snapshot_bytes: snapshot.bytes,
    make_snapshot_ms: snapshot.ms,
    join_by_snapshot_ms: joined.ms,
    of_which_verify_ms: joined.verify_ms,
    of_which_write_ms: joined.write_ms,
    of_which_load_ms: joined.load_ms,
    join_by_replay_ms: replayed.ms,
    restart_after_kill_ms: Math.min(...starts.map(({ ms }) => ms)),
    pruned_blocks: pruned.blocks,
    pruned_rows: pruned.rows,
    prune_ms: pruned.ms,
    peak_mb: {
      make_chain: made.peak_mb,
      make_snapshot: snapshot.peak_mb,
      join_by_snapshot: joined.peak_mb,
      join_by_replay: replayed.peak_mb,
      restart: Math.max(...starts.map(({ peak_mb }) => peak_mb)),
      prune: pruned.peak_mb,
    },
  }
}

const size = { blocks: option('blocks', 200), accounts: option('accounts', 5000) }
const before = machine()
const root = mkdtempSync(join(tmpdir(), 'aitbc-bench-sync-'))
try {
  const row = await measure(root, size)
  const load_after = Math.round((loadavg()[0] ?? 0) * 10) / 10
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ machine: { ...before, load_after }, rows: [row] }))
  } else {
    for (const [name, value] of Object.entries(row)) {
      const text = typeof value === 'object' ? JSON.stringify(value) : value
      console.log(`${name.padEnd(24)} ${text}`)
    }
    console.log(`${'load'.padEnd(24)} ${before.load_before} before, ${load_after} after`)
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}

// anvil (Foundry) under the same transfers by the same generator: one node, no consensus, no disk.
// With `blockSeconds` it makes a block every so often, without them as soon as there is something.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { freePorts } from '../../../apps/node/supervisor/free-ports.ts'
import type { BenchOptions } from '../options.ts'
import type { Progress } from '../progress.ts'
import type { Target } from '../target.ts'
import { auditChain, readOpening } from './audit-chain.ts'
import { benchAccount } from './bench-account.ts'
import { BENCH_CHAIN_ID } from './bench-network.ts'
import { READS_CHECKED } from './cluster-target.ts'
import { GeneratorHandle } from './generator-handle.ts'

const LANES = 16
const READ_LANES = 64
const READY_MS = 30_000
const DRAIN_MS = 120_000
const NUDGE_MS = 250
const BALANCE = 10n ** 24n
/** No bound of ours: thirty times the gas of Ethereum's blocks. */
const GAS_LIMIT = 1_000_000_000

function program(): string {
  const manifest = createRequire(import.meta.url).resolve(
    '@foundry-rs/anvil-linux-amd64/package.json',
  )
  return join(dirname(manifest), 'bin', 'anvil')
}

/**
 * anvil forgets to mine what came while it mined (1.7.1): what waits then is mined on demand, after
 * the run whose count it missed.
 */
async function mined(url: string, generator: GeneratorHandle): Promise<boolean> {
  const rpc = new Rpc(url)
  const timer = setInterval(() => void rpc.call('evm_mine').catch(() => {}), NUDGE_MS)
  try {
    return await generator.drain(DRAIN_MS)
  } finally {
    clearInterval(timer)
  }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + READY_MS
  while (performance.now() < end && child.exitCode === null) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('anvil did not start')
}

export function anvilTarget(
  options: BenchOptions,
  progress: Progress,
  blockSeconds?: number,
): Promise<Target> {
  return startAnvil(options, progress, 'transfers', blockSeconds)
}

export function anvilReads(options: BenchOptions, progress: Progress): Promise<Target> {
  return startAnvil(options, progress, 'reads')
}

async function startAnvil(
  { accounts }: BenchOptions,
  progress: Progress,
  kind: 'transfers' | 'reads',
  blockSeconds?: number,
): Promise<Target> {
  const name = blockSeconds ? `anvil, blocks of ${blockSeconds} s` : 'anvil, mining at once'
  progress.line(`starting ${name}`)
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-anvil-'))
  const genesis = join(folder, 'genesis.json')
  const alloc = Object.fromEntries(
    Array.from({ length: accounts }, (_, i) => [
      benchAccount(i).address,
      { balance: `0x${BALANCE.toString(16)}` },
    ]),
  )
  const gasLimit = `0x${GAS_LIMIT.toString(16)}`
  const config = { chainId: Number(BENCH_CHAIN_ID) }
  writeFileSync(genesis, JSON.stringify({ config, gasLimit, difficulty: '0x0', alloc }))
  const [port] = await freePorts(1)
  const args = ['--port', String(port), '--chain-id', String(BENCH_CHAIN_ID), '--init', genesis]
  args.push('--gas-limit', String(GAS_LIMIT), '--accounts', '1', '--silent')
  if (blockSeconds) args.push('--block-time', String(blockSeconds))
  const child = spawn(program(), args, { stdio: 'ignore' })
  const stop = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', stop)
  try {
    const rpc = `http://127.0.0.1:${port}`
    await ready(rpc, child)
    const opening = await readOpening(rpc, accounts)
    const ws = `ws://127.0.0.1:${port}`
    const facts = { kind, chainId: BENCH_CHAIN_ID, accounts, maxFeePerGas: 10n ** 13n }
    const lanes = kind === 'reads' ? READ_LANES : LANES
    const say = (text: string) => progress.now(` ${text}`)
    const generator = await GeneratorHandle.start({ ...facts, rpc, ws, lanes }, say)
    return {
      name,
      processes: () => [
        { role: 'validator', pid: child.pid ?? 0 },
        { role: 'generator', pid: generator.pid },
      ],
      prepare: (plan) => generator.sign(plan),
      run: (plan) => generator.run(plan),
      drain: () => mined(rpc, generator),
      audit: async () =>
        kind === 'reads' ? READS_CHECKED : auditChain(rpc, await generator.record(), opening),
      async stop() {
        generator.stop()
        stop()
      },
    }
  } catch (error) {
    stop()
    throw error
  }
}

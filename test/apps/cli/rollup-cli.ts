// Commands of a rollup account as they are typed, against a development network that runs in this
// process.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type CliRun, runCommand } from '../../kit/cli.ts'
import { type RealChain, startRealChain } from '../gateway/real-chain.ts'

export interface TypedRun extends CliRun {
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the command wrote
  document(): any
}

export class RollupCli {
  /** The folder in which commands run; their data folder is `data` in it. */
  readonly folder: string
  private running: RealChain | undefined

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `aitbc-${name}-`))
  }

  get chain(): RealChain {
    if (!this.running) throw new Error('the network is not started')
    return this.running
  }

  async start(): Promise<void> {
    this.running = await startRealChain()
  }

  async stop(): Promise<void> {
    await this.running?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async run(...args: string[]): Promise<TypedRun> {
    const run = await runCommand(this.folder, [...args, '--data', 'data', '--json'])
    return { ...run, document: () => JSON.parse(run.out) }
  }

  /** `aitbc rollup …` by this node. */
  rollup(...args: string[]): Promise<TypedRun> {
    return this.run('rollup', ...args, '--rpc', this.chain.gateway.url)
  }

  /** The same by an account of the development network. */
  as(name: string): (...args: string[]) => Promise<TypedRun> {
    return (...args) => this.rollup(...args, '--dev-account', name)
  }
}

/** What a command that must succeed wrote. */
export async function good(run: Promise<TypedRun>) {
  const { status, err, document } = await run
  assert.is(status, 0, err)
  return document()
}

export async function bad(run: Promise<TypedRun>, what: RegExp, exit = 1): Promise<void> {
  const { status, err } = await run
  assert.match(err, what)
  assert.is(status, exit, err)
}

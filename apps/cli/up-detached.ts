// `up --detach`: starts the same command in a process of its own and returns when it is ready.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Endpoints, readEndpoints } from '../node/endpoints.ts'
import { speaker } from './base-command.ts'
import { CliError } from './cli-error.ts'
import { startLine } from './screen/start-lines.ts'
import type { StartPlace } from './start-options.ts'
import type { Terminal } from './terminal.ts'
import type { UpMessage } from './up-message.ts'
import type { UpOptions } from './up-options.ts'

/** Includes the download of models on a slow line. */
const READY_LIMIT_MS = 600_000

export interface UpDetached extends StartPlace {
  readonly file: string
  readonly options: UpOptions
  readonly terminal: Terminal
}

/** Options that the other process is to read itself. */
function passedOn({ config, iLostMySignState, mode, passwordFile }: UpOptions): string[] {
  return [
    ...(config === undefined ? [] : ['--config', config]),
    ...(mode === undefined ? [] : ['--mode', mode]),
    ...(passwordFile === undefined ? [] : ['--password-file', passwordFile]),
    ...(iLostMySignState ? ['--i-lost-my-sign-state'] : []),
  ]
}

export async function upDetached(up: UpDetached): Promise<void> {
  const { file, data, access, options, terminal } = up
  mkdirSync(data, { recursive: true })
  const log = join(data, 'up.log')
  const handle = openSync(log, 'w')
  const ports = options.ports ?? 'topology'
  const entry = process.argv[1] as string
  const own = ['up', file, '--data', data, '--ports', ports, ...passedOn(options)]
  const args = [...process.execArgv, entry, ...own]
  // What was typed here cannot be asked for again there.
  const password = access?.password === undefined ? {} : { AITBC_KEY_PASSWORD: access.password }
  const child = spawn(process.execPath, args, {
    cwd: terminal.cwd,
    detached: true,
    env: { ...terminal.env, ...password },
    stdio: ['ignore', handle, handle, 'ipc'],
  })
  const say = speaker(options, terminal)
  await ready(child, log, (line) => {
    if (!options.quiet) say.line(line)
  })
  child.disconnect()
  child.unref()
  const found = await writtenEndpoints(data)
  if (!found) throw startFailed('it said it was ready but wrote no endpoints.json', log)
  if (!options.quiet) {
    const rest = found.endpoints.api ? `   REST ${found.endpoints.api}/api/v1` : ''
    say.line(`  JSON-RPC ${found.endpoints.rpc}${rest}`)
    say.line(`  running in process ${found.pids.join(', ')}; stop it with ./aitbc down`)
  }
  const { endpoints, accounts, pids, nodes } = found
  say.document({ endpoints, accounts, pids, nodes, ready: true })
}

/** Ready is said a moment before the file is in place, or after. */
async function writtenEndpoints(data: string): Promise<Endpoints | undefined> {
  for (let tries = 0; tries < 100; tries++) {
    const found = readEndpoints(data)
    if (found) return found
    await pause(20)
  }
  return undefined
}

function ready(child: ChildProcess, log: string, show: (line: string) => void): Promise<void> {
  return new Promise((done, refuse) => {
    const limit = setTimeout(() => {
      child.kill('SIGTERM')
      refuse(startFailed(`it was not ready within ${READY_LIMIT_MS / 1000} s`, log))
    }, READY_LIMIT_MS)
    const end = (settle: () => void) => {
      clearTimeout(limit)
      settle()
    }
    child.on('message', (message: UpMessage) => {
      if (message.type === 'error') {
        const { code, message: what, why, hint } = message
        end(() => refuse(new CliError(code, what, why, hint)))
        return
      }
      const { event } = message
      const line = startLine(event)
      const partial = event.type === 'download' && event.bytes < event.totalBytes
      if (line !== undefined && !partial) show(line)
      if (event.type === 'ready') end(done)
    })
    child.on('error', (error) => end(() => refuse(startFailed(error.message, log))))
    child.on('exit', (status, signal) => {
      end(() => refuse(startFailed(`it ended with ${signal ?? `status ${status}`}`, log)))
    })
  })
}

function startFailed(reason: string, log: string): CliError {
  let last = ''
  try {
    last = readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? ''
  } catch {
    // The log was never written.
  }
  const why = last ? `${reason}; its last words: ${last}` : reason
  return new CliError('START_FAILED', 'the cluster did not start', why, `read ${log}`)
}

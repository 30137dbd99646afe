// The checks of `aitbc doctor`: whether this machine can run a cluster, each with what to do.

import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { processAlive, readEndpoints } from '../node/endpoints.ts'
import { clusterNodes } from './cluster-nodes.ts'

export interface DoctorCheck {
  readonly name: string
  readonly verdict: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What to do; empty when all is well. */
  readonly hint: string
}

const MEMORY_BYTES_WANTED = 2 * 2 ** 30
const DISK_BYTES_WANTED = 2 * 2 ** 30
const PORTS = [
  [8545, 'JSON-RPC'],
  [8080, 'REST'],
] as const

/** Packages whose speed or presence rests on a binary for this platform. */
const NATIVE: readonly (readonly [name: string, load: () => Promise<unknown>, hint: string])[] = [
  ['uWebSockets.js', () => import('uWebSockets.js'), 'HTTP falls back to node:http'],
  ['lmdb', () => import('lmdb'), 'run npm ci: without it no state can be kept'],
  ['@chainsafe/blst', () => import('@chainsafe/blst'), 'signatures fall back to slower code'],
  ['secp256k1', () => import('secp256k1'), 'signatures fall back to slower code'],
  ['onnxruntime-node', () => import('onnxruntime-node'), 'onnx models cannot run here'],
]

const REQUIRED = ['lmdb']

function check(name: string, good: boolean, detail: string, hint: string, fatal = false) {
  const verdict = good ? 'ok' : fatal ? 'failed' : 'warning'
  return { name, verdict, detail, hint: good ? '' : hint } as const
}

function nodeCheck(): DoctorCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const good = major > 20 || (major === 20 && minor >= 19)
  return check('node', good, process.version, 'install Node 20.19 or newer', true)
}

function machineChecks(): DoctorCheck[] {
  const cores = cpus().length
  const memory = totalmem()
  return [
    check('cores', cores >= 2, `${cores}`, 'four validators on one core are slow'),
    check(
      'memory',
      memory >= MEMORY_BYTES_WANTED,
      `${(memory / 2 ** 30).toFixed(1)} GB`,
      'language models need about 2 GB',
    ),
  ]
}

/** The nearest folder above `path` that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path))
}

function dataChecks(data: string): DoctorCheck[] {
  const folder = existing(data)
  let writable = true
  try {
    mkdirSync(data, { recursive: true })
    accessSync(data, constants.W_OK)
  } catch {
    writable = false
  }
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  return [
    check('data folder', writable, data, 'give a folder that you may write with --data', true),
    check(
      'disk',
      free >= DISK_BYTES_WANTED,
      `${(free / 2 ** 30).toFixed(1)} GB free`,
      'free at least 2 GB',
    ),
  ]
}

function portFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

async function portChecks(): Promise<DoctorCheck[]> {
  const checks = PORTS.map(async ([port, what]) => {
    const free = await portFree(port)
    const hint = 'start with --ports auto, or stop the program that uses it'
    return check(`port ${port}`, free, `${what}, ${free ? 'free' : 'in use'}`, hint)
  })
  return Promise.all(checks)
}

async function nativeChecks(): Promise<DoctorCheck[]> {
  const checks = NATIVE.map(async ([name, load, hint]) => {
    try {
      await load()
      return check(name, true, 'loads', '')
    } catch (error) {
      const reason = (error as Error).message.split('\n')[0] as string
      return check(name, false, reason, hint, REQUIRED.includes(name))
    }
  })
  return Promise.all(checks)
}

/** What the nodes that run with this folder say; nothing where none does. */
async function clusterChecks(data: string): Promise<DoctorCheck[]> {
  const found = readEndpoints(data)
  if (!found?.pids.some(processAlive)) return []
  const { warnings } = await clusterNodes(found)
  if (warnings.length === 0) return [check('validators', true, 'nothing to say', '')]
  return warnings.map((line) => check('validators', false, line, 'see ./aitbc validator status'))
}

/** Runs all checks; none of them changes anything but making the data folder. */
export async function doctorChecks(data: string): Promise<DoctorCheck[]> {
  return [
    nodeCheck(),
    ...machineChecks(),
    ...dataChecks(data),
    ...(await portChecks()),
    ...(await nativeChecks()),
    ...(await clusterChecks(data)),
  ]
}

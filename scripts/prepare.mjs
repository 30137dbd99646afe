// What must be there before any command can run: the installed packages and the built program.
// Plain JavaScript without dependencies, because it runs in a fresh clone.

import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const STAMP = join(ROOT, 'dist', '.built')
const LOCK = join(ROOT, 'node_modules.lock')

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** True when node_modules holds what package-lock.json asks for (compared by version, not time). */
export function isInstalled(root = ROOT) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {}
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages
  if (!present) return false
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const there = present[path]
    if (there ? there.version !== entry.version : !entry.optional) return false
  }
  return true
}

function newestSource(folder) {
  let newest = 0
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return newest
  }
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      // A folder's own time changes when a file in it is removed or renamed.
      newest = Math.max(newest, statSync(path).mtimeMs, newestSource(path))
    } else if (/\.ts$/.test(entry.name)) {
      newest = Math.max(newest, statSync(path).mtimeMs)
    }
  }
  return newest
}

/** True when dist/ was built after the last change to any source it is made of. */
export function isBuilt(root = ROOT) {
  const stamp = join(root, 'dist', '.built')
  if (!existsSync(stamp)) return false
  const built = statSync(stamp).mtimeMs
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
    if (statSync(join(root, file)).mtimeMs > built) return false
  }
  const folders = readJson(join(root, 'tsconfig.json')).include
  return folders.every((folder) => newestSource(join(root, folder)) <= built)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

/** One installer or builder at a time: a second one waits for the first. */
function locked(work) {
  for (let waited = 0; ; waited++) {
    try {
      const handle = openSync(LOCK, 'wx')
      writeSync(handle, String(process.pid))
      closeSync(handle)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const owner = Number(readFileSync(LOCK, { encoding: 'utf8', flag: 'a+' }))
      if (!isAlive(owner) && waited > 2) rmSync(LOCK, { force: true })
      else {
        if (waited === 0) say('  waiting for another install or build to end')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250)
      }
    }
  }
  try {
    return work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function must(what, hint, command, args) {
  const started = Date.now()
  const result = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  if (result.status === 0) {
    say(`  ${what} took ${((Date.now() - started) / 1000).toFixed(1)} s`)
    return
  }
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`
  say(output.trim().split('\n').slice(-40).join('\n'))
  say(`error: ${what} failed\nwhy:   the output above says it\ndo:    ${hint}`)
  process.exit(1)
}

/** Installs the locked packages when they are missing or others; no package script ever runs. */
export function ensureInstalled() {
  if (isInstalled()) return
  locked(() => {
    if (isInstalled()) return
    say('  installing the packages that package-lock.json pins (once, about 30 s)')
    must(
      'install',
      'check that the npm registry can be reached, then run the command again',
      'npm',
      ['ci', '--strict-allow-scripts', '--no-audit', '--no-fund'],
    )
  })
}

function compile() {
  say('  building (TypeScript to dist/)')
  const started = new Date()
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  must('build', 'fix the sources, or check out a clean copy', process.execPath, [
    tsc,
    '-p',
    'tsconfig.build.json',
  ])
  mkdirSync(dirname(STAMP), { recursive: true })
  closeSync(openSync(STAMP, 'w'))
  // The time at which the build began: a source saved while it ran counts as newer.
  utimesSync(STAMP, started, started)
}

/** Compiles the TypeScript sources to dist/: the type check, whatever was built before. */
export function build() {
  locked(compile)
}

/** The same when any of them changed. */
export function ensureBuilt() {
  if (isBuilt()) return
  locked(() => {
    if (!isBuilt()) compile()
  })
}

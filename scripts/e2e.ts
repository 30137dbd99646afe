// Runs a manifest of test/e2e: validators as processes in network namespaces, under load, with what
// the manifest does to them. npm run e2e -- FILE [--json] [--keep]
// With --json one document on stdout. Exit 1 when an invariant fails, 2 when it cannot be run here.

import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../lib/package-root.ts'
import { enclosed, keepFolder, runFolder } from '../test/e2e/rig/lab/enclosure.ts'
import { missingForManifest, missingForRig } from '../test/e2e/rig/lab/requirements.ts'
import { readManifest } from '../test/e2e/rig/manifest/read-manifest.ts'
import { RigError } from '../test/e2e/rig/rig-error.ts'

/** Start, ends and reading of the invariants, beside what the manifest says. */
const AROUND_MS = 240_000
const HINT = 'npm run e2e -- test/e2e/ci-small.yaml'

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  })
  const [given, ...more] = positionals
  if (given === undefined || more.length > 0) {
    throw new RigError('give one manifest', `${positionals.length} were given`, HINT)
  }
  const file = resolve(given)
  const manifest = readManifest(file)
  const missing = [...missingForRig(), ...missingForManifest(manifest)]
  if (missing.length > 0) {
    const what = missing.map((one) => one.what).join(', ')
    const hint = missing.map((one) => one.hint).join('; ')
    throw new RigError('the rig does not run here', `missing: ${what}`, hint)
  }
  const folder = runFolder()
  const program = join(packageRoot(), 'test', 'e2e', 'rig', 'inside.ts')
  const args = ['--import', 'tsx', '--enable-source-maps', program, file, folder]
  const perturbed = Object.values(manifest.nodes).flatMap(({ perturb }) => perturb)
  const healing = manifest.recovery * (perturbed.length + 3)
  const limitMs = manifest.lasts + healing + AROUND_MS
  const status = await enclosed(values.json ? [...args, 'json'] : args, limitMs)
  if (status === 124) process.stderr.write(`error: the run took longer than ${limitMs / 1000} s\n`)
  if (status === 0 && !values.keep) rmSync(folder, { recursive: true })
  else process.stderr.write(`logs and data of the nodes: ${keepFolder(folder)}\n`)
  return status
}

try {
  process.exitCode = await main()
} catch (error) {
  const known = error instanceof RigError
  if (!known && !(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error
  const told = known ? error : new RigError((error as Error).message, 'see the options', HINT)
  process.stderr.write(told.lines())
  process.exitCode = 2
}

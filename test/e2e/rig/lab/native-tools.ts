// The switch and the portal, compiled when they are needed: nothing binary is in the tree.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../../../lib/package-root.ts'
import { RigError } from '../rig-error.ts'

export type Tool = 'switch' | 'portal'

/** Path of the program, in `folder`. Throws RigError with what the compiler says. */
export function compileTool(tool: Tool, folder: string): string {
  const source = join(packageRoot(), 'test', 'e2e', 'rig', 'native', `${tool}.c`)
  const program = join(folder, tool)
  const args = ['-O2', '-Wall', '-Wextra', '-pthread', '-o', program, source]
  const { status, stderr, error } = spawnSync('cc', args, { encoding: 'utf8', timeout: 60_000 })
  if (status === 0) return program
  const why = error?.message ?? stderr.trim().split('\n').slice(0, 5).join('\n       ')
  throw new RigError(
    `${tool}.c cannot be compiled`,
    why,
    'install a C compiler (cc) with libc6-dev',
  )
}

// Runs one of the TypeScript programs of this folder in its own process, packages installed first.

import { spawn } from 'node:child_process'
import { ensureInstalled, ROOT } from './prepare.mjs'

/** Ends with the program's exit status; passes on the arguments and the signals. */
export function launch(program, nodeFlags = []) {
  ensureInstalled()
  const flags = [...nodeFlags, '--import', 'tsx', '--enable-source-maps']
  const args = [...flags, program, ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}

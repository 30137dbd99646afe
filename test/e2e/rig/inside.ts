// The program that scripts/e2e.ts runs inside the rig's namespaces: one manifest, its report on
// stdout. It ends when nobody waits for it any more.

import { table } from '../../../apps/cli/screen/table.ts'
import { readManifest } from './manifest/read-manifest.ts'
import { Progress } from './progress.ts'
import { RigError } from './rig-error.ts'
import { ManifestRun, type RunReport } from './run-manifest.ts'

const [file = '', folder = '', json] = process.argv.slice(2)

process.stdin.on('end', () => process.exit(130))
process.stdin.resume()

function forPeople({ heights, load, invariants }: RunReport): string {
  const at = Object.entries(heights).map(([name, height]) => `${name} ${height}`)
  const { p50, p99 } = load.final_ms
  const rows = invariants.map(({ name, ok, detail }) => [ok ? 'ok' : 'BROKEN', name, detail])
  return [
    `heights   ${at.join(', ')}`,
    `transfers ${load.final} of ${load.sent} final, after ${p50} ms (p50) and ${p99} ms (p99)`,
    ...table(rows),
    '',
  ].join('\n')
}

try {
  const manifest = readManifest(file)
  const report = await new ManifestRun(manifest, folder, new Progress(json === 'json')).run()
  process.stdout.write(json === 'json' ? `${JSON.stringify(report)}\n` : forPeople(report))
  process.exit(report.invariants.every(({ ok }) => ok) ? 0 : 1)
} catch (error) {
  if (!(error instanceof RigError)) throw error
  process.stderr.write(error.lines())
  process.exit(2)
}

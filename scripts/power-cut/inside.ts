// The program of `npm run power-cut` inside namespaces of its own: a recording, then many cuts.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { RigError } from '../../test/e2e/rig/rig-error.ts'
import { checkCut } from './check-cut.ts'
import { DISK_BYTES, record } from './record.ts'
import { readWriteLog, survivors, writeImage } from './write-log.ts'

const [folder = '', cutsText = '10', secondsText = '20', seedText = '1', json] =
  process.argv.slice(2)

process.stdin.on('end', () => process.exit(130))
process.stdin.resume()

const progress = (text: string) => {
  if (json !== 'json') process.stderr.write(`${text}\n`)
}

/** The same cuts for the same seed and log. */
function chanceFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

async function main(): Promise<number> {
  spawnSync('ip', ['link', 'set', 'lo', 'up'])
  const recording = await record(folder, Number(secondsText), progress)
  const entries = readWriteLog(recording.log)
  const chance = chanceFrom(Number(seedText))
  const first = entries.findIndex(({ mark }) => mark?.startsWith('acknowledged-')) + 1
  const flushes = entries.filter(({ flush }) => flush).length
  progress(
    `${recording.acknowledged.length} transfers acknowledged; ${entries.length} entries in the ` +
      `log, ${flushes} of them flushes`,
  )
  const cuts: { cut: number; acknowledged: number; height: number; wrongs: readonly string[] }[] =
    []
  for (let i = 0; i < Number(cutsText); i++) {
    const cut = first + Math.floor(chance() * (entries.length - first))
    const marks = entries.slice(0, cut).flatMap(({ mark }) => mark ?? [])
    const last = marks.findLast((mark) => mark.startsWith('acknowledged-')) ?? '-0'
    const acknowledged = recording.acknowledged.slice(0, Number(last.split('-')[1]))
    const image = join(folder, 'cut.image')
    writeImage(
      recording.log,
      survivors(entries, cut, () => chance() < 0.5),
      image,
      DISK_BYTES,
    )
    const verdict = await checkCut(image, join(folder, `cut-${i}`), recording, acknowledged)
    cuts.push({ cut, acknowledged: acknowledged.length, ...verdict })
    const held = verdict.wrongs.length === 0 ? 'all there' : verdict.wrongs.join('; ')
    progress(`cut ${i + 1} at entry ${cut}: ${acknowledged.length} acknowledged, ${held}`)
  }
  const violations = cuts.flatMap(({ cut, wrongs }) => wrongs.map((text) => `cut ${cut}: ${text}`))
  const acknowledged = recording.acknowledged.length
  const report = { acknowledged, entries: entries.length, flushes, cuts, violations }
  if (json === 'json') process.stdout.write(`${JSON.stringify(report)}\n`)
  else process.stdout.write(`${cuts.length} cuts, ${violations.length} violations\n`)
  return violations.length === 0 ? 0 : 1
}

try {
  process.exit(await main())
} catch (error) {
  if (!(error instanceof RigError)) throw error
  process.stderr.write(error.lines())
  process.exit(2)
}

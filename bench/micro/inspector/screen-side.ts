// The watching side of the inspector's bench: the inspector as it runs on a terminal, its frames
// turned into the bytes a terminal gets. It watches while it is told to, and tells its CPU time.

import { Inspector } from '../../../apps/inspector/inspector.ts'
import type { Cells } from '../../../apps/inspector/terminal/cells.ts'
import { frameDiff } from '../../../apps/inspector/terminal/frame-diff.ts'

const [url, width, height] = process.argv.slice(2) as [string, string, string]
const size = { width: Number(width), height: Number(height) }

let shown: Cells | undefined
let bytes = 0
let frames = 0
let inspector: Inspector | undefined

function watch(): void {
  shown = undefined
  inspector = new Inspector({
    cluster: 'bench',
    view: 'actors',
    find: () => [{ name: 'bench', nodes: ['bench'], url }],
    token: undefined,
    size: () => size,
    show: (cells) => {
      bytes += frameDiff(shown, cells, true).length
      frames++
      shown = cells
      return true
    },
    quit: () => {},
  })
  inspector.start()
}

process.on('message', (order) => {
  if (order === 'watch') watch()
  if (order === 'rest') inspector?.stop()
  const up = inspector?.state.processes.every((process) => process.link === 'up') ?? false
  const rows = inspector?.state.processes[0]?.heard.actors?.total ?? 0
  process.send?.({ cpu: process.cpuUsage(), bytes, frames, up, rows })
})
process.send?.({ ready: true })

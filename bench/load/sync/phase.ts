// One phase of the bench of joining, as a process of its own, so that its memory is only its own:
// phase.ts NAME FOLDER BLOCKS ACCOUNTS. The last line of its output is what it measured.

import { joinChain, loadStopped, snapshotChain } from './join-chain.ts'
import { makeChain } from './make-chain.ts'
import { pruneChain } from './prune-chain.ts'
import { replayChain } from './replay-chain.ts'
import { placesIn, watchPhase } from './sync-world.ts'

const [name = '', root = '', blocks, accounts] = process.argv.slice(2)
const size = { blocks: Number(blocks), accounts: Number(accounts) }
const places = placesIn(root)
const watch = watchPhase(name)

const PHASES: Readonly<Record<string, () => object | Promise<object>>> = {
  make: () => makeChain(places.source, size, watch),
  snapshot: () => snapshotChain(places.source, places.snapshot, size, watch),
  join: () => joinChain(places.source, places.snapshot, places.joined, watch),
  replay: () => replayChain(places.source, places.replayed, size.blocks, watch),
  prune: () => pruneChain(places.source, size.blocks, watch),
  start: () => {
    // It is killed once it has said that it has its chain.
    setInterval(() => {}, 1000)
    return loadStopped(places.source)
  },
}

const phase = PHASES[name]
if (!phase) throw new Error(`there is no phase ${name}`)
const measured = await phase()
console.log(JSON.stringify({ ...measured, peak_mb: watch.peakMb() }))

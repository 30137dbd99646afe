// `npm run bench -- [NAME]`: installs what is missing, compiles (some benches measure the compiled
// program), then runs the named benches.

import { launch } from './launch.mjs'
import { ensureBuilt, ensureInstalled } from './prepare.mjs'

ensureInstalled()
ensureBuilt()
launch('scripts/bench.ts')

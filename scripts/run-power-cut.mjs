// `npm run power-cut`: installs and builds what is missing, then cuts the power of a network.

import { launch } from './launch.mjs'
import { ensureBuilt, ensureInstalled } from './prepare.mjs'

ensureInstalled()
ensureBuilt()
launch('scripts/power-cut.ts')

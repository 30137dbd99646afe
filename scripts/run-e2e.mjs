// `npm run e2e -- FILE`: installs and builds what is missing, then runs a manifest.

import { launch } from './launch.mjs'
import { ensureBuilt, ensureInstalled } from './prepare.mjs'

ensureInstalled()
ensureBuilt()
launch('scripts/e2e.ts')

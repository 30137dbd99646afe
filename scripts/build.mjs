// `npm run build`: type check and build in one, even where nothing changed; with --changed only
// where something did.

import { build, ensureBuilt, ensureInstalled } from './prepare.mjs'

ensureInstalled()
if (process.argv.includes('--changed')) ensureBuilt()
else build()

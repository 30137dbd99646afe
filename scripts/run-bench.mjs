// `npm run bench -- [NAME]`: installs what is missing, then runs the named benches.

import { launch } from './launch.mjs'

launch('scripts/bench.ts')

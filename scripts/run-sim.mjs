// `npm run sim -- --seeds N --json`: installs what is missing, then runs the simulator.

import { launch } from './launch.mjs'

launch('scripts/sim.ts')

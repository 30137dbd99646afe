// `npm run sim -- --seeds N --json`: installs what is missing, then runs the simulator.

import { launch } from './launch.mjs'

// PERF: a third less CPU. What is under way in a simulation dies within milliseconds, and the
// larger the young generation, the less of it is copied; many seeds at once fill the cores.
launch('scripts/sim.ts', ['--max-semi-space-size=64', '--single-threaded-gc'])

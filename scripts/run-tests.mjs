// `npm test`: installs what is missing, then hands over to the test runner.

import { launch } from './launch.mjs'

launch('scripts/test.ts')

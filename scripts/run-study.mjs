// `npm run study -- modes`: installs what is missing, then runs the study and writes its page.

import { launch } from './launch.mjs'

launch('scripts/study.ts')

// One of the processes of a sweep: runs the seeds that it is sent and sends back their verdicts.

import type { Verdict } from '../../test/sim/scenario.ts'
import { readArguments, seedOptions } from './arguments.ts'
import { runChecked } from './run-checked.ts'

const parameters = readArguments(process.argv.slice(2))

process.on('message', (seeds: readonly number[]) => {
  const { twice, scenario } = parameters
  const options = seedOptions(parameters)
  const verdicts: Verdict[] = seeds.map((seed) => runChecked(scenario, seed, options, twice))
  process.send?.(verdicts)
})
process.on('disconnect', () => process.exit(0))

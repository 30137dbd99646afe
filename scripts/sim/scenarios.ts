// The scenarios that the simulator knows, by name.

import { actorsScenario } from '../../test/sim/actors/actors-scenario.ts'
import { clusterScenario } from '../../test/sim/cluster-scenario.ts'
import { modesScenario, smallModesScenario } from '../../test/sim/modes/modes-scenario.ts'
import { reshardScenario } from '../../test/sim/reshard/reshard-scenario.ts'
import { rollupScenario } from '../../test/sim/rollup/rollup-scenario.ts'
import type { Scenario } from '../../test/sim/scenario.ts'
import { shardsScenario } from '../../test/sim/shards/shards-scenario.ts'

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  cluster: clusterScenario,
  actors: actorsScenario,
  modes: modesScenario,
  rollup: rollupScenario,
  shards: shardsScenario,
  reshard: reshardScenario,
  'modes-small': smallModesScenario,
}

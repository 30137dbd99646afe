// Governance as a chain module: routes calls to its functions. It holds no money of its own; the
// treasury pays what a vote spends.

import type { Module, ModuleCall, ModuleState } from '../modules/module.ts'
import { type Route, route } from '../modules/module-routes.ts'
import { routedModule } from '../modules/routed-module.ts'
import { GOVERNANCE_ADDRESS } from '../params.ts'
import { parameterChange, pinChange, seatChange, spendChange, UNPIN_CHANGE } from './change.ts'
import * as abi from './governance-abi.ts'
import { type GovernanceRefusal, type Outcome, refused } from './governance-refusals.ts'
import * as views from './governance-views.ts'
import { isParameter } from './parameters.ts'
import { execute, propose, vote } from './voting.ts'

const GAS_PROPOSE = 250_000

function proposeParameter(call: ModuleCall, [name, value]: readonly [string, bigint]): Outcome {
  return isParameter(name) ? propose(call, parameterChange(name, value)) : 'UNKNOWN_PARAMETER'
}

export function createGovernanceModule(): Module {
  const routes: Route<GovernanceRefusal>[] = [
    route(abi.PROPOSE_PARAMETER, GAS_PROPOSE, proposeParameter),
    route(abi.PROPOSE_ADMIT, GAS_PROPOSE, (c, [who]) => propose(c, seatChange('admit', who))),
    route(abi.PROPOSE_REMOVE, GAS_PROPOSE, (c, [who]) => propose(c, seatChange('remove', who))),
    route(abi.PROPOSE_PIN, GAS_PROPOSE, (c, [mode]) => propose(c, pinChange(mode))),
    route(abi.PROPOSE_UNPIN, GAS_PROPOSE, (c) => propose(c, UNPIN_CHANGE)),
    route(abi.PROPOSE_SPEND, GAS_PROPOSE, (c, [to, wei]) => propose(c, spendChange(to, wei))),
    route(abi.VOTE, 100_000, vote),
    route(abi.EXECUTE, 80_000, execute),
    route(abi.PROPOSAL_COUNT, 3_000, views.proposalCount),
    route(abi.PROPOSAL_OF, 20_000, views.proposalOf),
    route(abi.TALLY_OF, 20_000, views.tallyOf),
    route(abi.VOTE_OF, 3_000, views.voteOf),
    route(abi.PARAMETER, 3_000, views.parameter),
    route(abi.ADMITTED, 3_000, views.admitted),
    route(abi.PINNED_MODE, 3_000, views.pinnedMode),
  ]
  const surplus = (state: ModuleState) => state.balance(GOVERNANCE_ADDRESS)
  return routedModule({ name: 'governance', address: GOVERNANCE_ADDRESS, routes, surplus, refused })
}

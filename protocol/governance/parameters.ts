// Every number that governance may change, with its bounds and what holds until it does. Basis
// points are 1/10,000. docs/spec/staking.md has the table.

import { utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { mappingSlot, type ReadWords } from '../modules/storage-layout.ts'
import { SHARDS_MAX, WEI_PER_AITBC } from '../params.ts'

export interface ParameterRule {
  readonly unit: 'wei' | 'basis points' | 'seconds' | 'epochs' | 'number' | '0 or 1'
  readonly initial: bigint
  readonly min: bigint
  readonly max: bigint
  readonly about: string
}

function wei(initial: bigint, min: bigint, max: bigint, about: string): ParameterRule {
  return { unit: 'wei', initial, min, max, about }
}

function share(initial: bigint, about: string, min = 0n, max = 10_000n): ParameterRule {
  return { unit: 'basis points', initial, min, max, about }
}

function count(
  unit: ParameterRule['unit'],
  [initial, min, max]: readonly [bigint, bigint, bigint],
  about: string,
): ParameterRule {
  return { unit, initial, min, max, about }
}

const STAKE_MAX = 10n ** 9n * WEI_PER_AITBC
const MONTH_SECONDS = 30n * 86_400n

export const PARAMETERS = {
  block_reward_wei: wei(
    0n,
    0n,
    WEI_PER_AITBC,
    'new money for 100 ms of a mode’s block time: a block has 1, 5 or 20 times as much',
  ),
  reward_proposer_fast_bp: share(1000n, 'of a block’s reward, to its proposer, in FAST'),
  reward_proposer_balanced_bp: share(1000n, 'the same in BALANCED'),
  reward_proposer_secure_bp: share(1000n, 'the same in SECURE'),
  reward_authorities_balanced_bp: share(
    7000n,
    'of the rest, equally to authorities, in BALANCED; what remains goes to stakers by stake',
  ),
  fee_burn_bp: share(0n, 'of base fees, burned'),
  fee_treasury_bp: share(
    10_000n,
    'of base fees, to the treasury; what neither has goes to rewards',
  ),
  stake_minimum_wei: wei(1000n * WEI_PER_AITBC, 1n, STAKE_MAX, 'bonded, to be in the set'),
  authority_minimum_wei: wei(
    10_000n * WEI_PER_AITBC,
    1n,
    STAKE_MAX,
    'bonded, to have an authority’s seat',
  ),
  slash_double_bp: share(500n, 'of the bond, for E1, E2, E3 and E5', 1n),
  slash_propose_bp: share(100n, 'of the bond, for E4', 0n, 5000n),
  slash_reporter_bp: share(500n, 'of what is slashed, to whoever reported it', 0n, 2000n),
  slash_burn_bp: share(0n, 'of what is slashed, burned; the treasury has what remains', 0n, 8000n),
  jail_seconds: count('seconds', [600n, 1n, MONTH_SECONDS], 'before an operator can unjail'),
  downtime_jail: count('0 or 1', [1n, 0n, 1n], 'jail validators that were not seen for an epoch'),
  balanced_stake_numerator: count(
    'number',
    [1n, 1n, 1000n],
    'BALANCED needs more than numerator / denominator of the stake',
  ),
  balanced_stake_denominator: count('number', [3n, 2n, 1000n], 'see the numerator'),
  mode_fast_leave_load_bp: share(4000n, 'FAST is left above this load', 3000n, 7000n),
  mode_fast_leave_uptime_bp: share(8500n, 'or below this uptime', 5000n, 9000n),
  mode_secure_leave_load_bp: share(6000n, 'SECURE is left below this load', 3000n, 7000n),
  mode_secure_leave_stake_bp: share(7500n, 'and below this stake ratio', 5000n, 8000n),
  mode_agreement_epochs: count('epochs', [3n, 1n, 1000n], 'that want a mode before it is entered'),
  mode_dwell_epochs: count('epochs', [10n, 1n, 10_000n], 'in a mode before it may be left'),
  voting_epochs: count('epochs', [1440n, 1n, 20_160n], 'in which a proposal can be voted on'),
  execution_epochs: count('epochs', [1440n, 1n, 20_160n], 'in which a passed one can be executed'),
  vote_quorum_bp: share(4000n, 'of the stake must vote', 1000n),
  vote_threshold_bp: share(
    5000n,
    'of the stake that votes, and more, must be in favour',
    5000n,
    9000n,
  ),
  rollup_shards: count(
    'number',
    [0n, 0n, BigInt(SHARDS_MAX)],
    'shards of the rollup: twice or half as many as there are; 0 as long as nobody has asked',
  ),
} as const satisfies Record<string, ParameterRule>

export type ParameterName = keyof typeof PARAMETERS

export const PARAMETER_NAMES = Object.keys(PARAMETERS) as ParameterName[]

export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name)
}

/** Reads parameters by name. */
export type Parameters = (name: ParameterName) => bigint

const PARAMETERS_BASE = 1

/** A parameter's name as a 32-byte word, from the left. */
export function parameterWord(name: ParameterName): Hex {
  const word = new Uint8Array(32)
  word.set(utf8(name))
  return bytesToHex(word)
}

const slots = new Map(
  PARAMETER_NAMES.map((name) => [name, mappingSlot(parameterWord(name), PARAMETERS_BASE)]),
)

/** In the storage of the governance module: 0 while nobody changed it, else the value and one. */
export function parameterSlot(name: ParameterName): Hex {
  return slots.get(name) as Hex
}

/** `words`: the storage of the governance module. */
export function readParameter(words: ReadWords, name: ParameterName): bigint {
  const word = words.load(parameterSlot(name))
  return word === 0n ? PARAMETERS[name].initial : word - 1n
}

export function parametersOf(words: ReadWords): Parameters {
  return (name) => readParameter(words, name)
}

/** What several values together must satisfy; each alone has its bounds. */
export function combinationHolds(read: Parameters): boolean {
  const numerator = read('balanced_stake_numerator')
  const denominator = read('balanced_stake_denominator')
  return (
    read('fee_burn_bp') + read('fee_treasury_bp') <= 10_000n &&
    read('authority_minimum_wei') >= read('stake_minimum_wei') &&
    // Between a third, the published share, and two thirds, which honest stake can always reach.
    3n * numerator >= denominator &&
    3n * numerator <= 2n * denominator
  )
}

/** Whether `value` is possible for `name` beside all other values as they are. */
export function isPossible(read: Parameters, name: ParameterName, value: bigint): boolean {
  const { min, max } = PARAMETERS[name]
  if (value < min || value > max) return false
  return combinationHolds((other) => (other === name ? value : read(other)))
}

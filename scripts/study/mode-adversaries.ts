// Attackers who know the rule and its state, over an honest load of 20 % (50 % for the one who
// moves stake). They want switches; what they buy is counted.

import { POLICY_RULES_DEFAULT } from '../../protocol/epoch/mode-policy.ts'
import type { Outlook, Shape } from './mode-chain.ts'

const HONEST = 0.2

function buy(load: number) {
  return { load, bought: Math.max(0, load - HONEST) }
}

/** Just below and just above a threshold, epoch by epoch. */
const dance: Shape = ({ epoch }) => buy(epoch % 2 === 0 ? 0.29 : 0.31)

/** Always against the mode in force. */
const push: Shape = ({ mode }) => buy(mode === 0 ? 0.75 : HONEST)

/** As little as does it: over the edge of FAST, and only while the chain counts. */
const patient: Shape = ({ mode, memory }: Outlook) => {
  if (mode !== 0) return buy(HONEST)
  const { agreeEpochs, dwellEpochs } = POLICY_RULES_DEFAULT
  const counts = !memory || (memory.mode === 0 && memory.epochsInMode >= dwellEpochs - agreeEpochs)
  return buy(counts ? 0.41 : HONEST)
}

/** Against the mode in force from both ends, to see all three. */
const sweep: Shape = ({ epoch, mode }) => {
  const up = Math.floor(epoch / 40) % 2 === 0
  return buy(up && mode < 2 ? 0.75 : HONEST)
}

/** 4 of 21 authorities sleep when the chain is fast. */
const sleepers: Shape = ({ mode }) => ({ load: HONEST, uptime: mode === 0 ? 17 / 21 : 1 })

/** 8 % of the stake signs checkpoints or does not. */
const stake: Shape = ({ mode }) => ({ load: 0.5, stake: mode === 2 ? 0.74 : 0.82 })

/** Pushes, and owns enough stake (over a third) to delay every checkpoint as long as he likes. */
const delays: Shape = ({ mode, chance }) => ({
  ...buy(mode === 0 ? 0.75 : HONEST),
  certified: chance.chance(0.2),
})

/** No plan at all, everything at once. */
const random: Shape = ({ chance }) => ({
  ...buy(chance.unit()),
  uptime: 0.8 + 0.2 * chance.unit(),
  stake: 0.7 + 0.2 * chance.unit(),
  certified: chance.chance(0.7),
})

export const ADVERSARIES: Readonly<Record<string, Shape>> = {
  'load 29 %, 31 %, 29 %, …': dance,
  'load against the mode': push,
  'load, as little as possible': patient,
  'load up and down in turns': sweep,
  '4 of 21 authorities sleep in FAST': sleepers,
  '8 % of stake against the mode': stake,
  'load, and late checkpoints': delays,
  'everything at random': random,
}

// Where this node's settings and its chain disagree: the chain decides, and the node says so.

import type { Environment } from '../../config/env.ts'
import type { Sourced } from '../../config/node-settings.ts'
import { MODE_NAMES } from '../../protocol/consensus/validator-set.ts'
import type { Genesis } from '../../protocol/genesis/genesis-block.ts'

/** One line for each difference, and for each setting that does nothing. */
export function chainDifferences(
  { settings, consensusMode }: Pick<Environment, 'consensusMode' | 'settings'>,
  genesis: Genesis,
): string[] {
  const lines: string[] = []
  const differ = (what: string, set: Sourced<unknown> | undefined, chain: unknown) => {
    if (!set || set.value === chain) return
    const where = `${what} = ${set.value} (${set.source})`
    lines.push(`${where}, but the chain began with ${chain}: the node follows the chain`)
  }
  const { mode, validatorCount, discoveryAddr } = settings
  // What the environment asks for is answered elsewhere: a development chain may begin in it.
  if (!consensusMode && mode?.value !== 'AUTO') {
    differ('consensus.mode', mode, MODE_NAMES[genesis.rules.mode])
  }
  differ('consensus.validator_count', validatorCount, genesis.validatorSet.validators.length)
  if (discoveryAddr) {
    lines.push(
      `network.discovery_addr (${discoveryAddr.source}) has no effect: nothing listens there, ` +
        'and nodes find each other by the topology',
    )
  }
  return lines
}

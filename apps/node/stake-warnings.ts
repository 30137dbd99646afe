// What an operator should know of stake: what he expects of consensus.stake_minimum against what
// governance has made of it, and a validator of his that has less bonded, or is in jail. It is
// state, not genesis: it is read from the node's own chain, once that is there.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { NodeSettings } from '../../config/node-settings.ts'
import type { Hex } from '../../lib/hex.ts'
import { parameterSlot, readParameter } from '../../protocol/governance/parameters.ts'
import { GOVERNANCE_ADDRESS, WEI_PER_AITBC } from '../../protocol/params.ts'
import type { Host } from '../../runtime/host.ts'
import { validatorOfKey } from './validator-of-key.ts'

const ASK_MS = 5000

export interface StakeQuestion {
  readonly host: Host
  readonly node: string
  readonly settings: NodeSettings
  /** The node's consensus key. */
  readonly blsPublicKey: Hex
}

/** AITBC with its decimals, as far as there are any. */
function inAitbc(wei: bigint): string {
  const rest = (wei % WEI_PER_AITBC).toString().padStart(18, '0').replace(/0+$/, '')
  return `${wei / WEI_PER_AITBC}${rest && `.${rest}`}`
}

/** A line for people where the two differ; undefined where they agree or nothing is expected. */
function stakeDifference(
  { stakeMinimum: set }: NodeSettings,
  chainWei: bigint,
): string | undefined {
  if (!set || BigInt(set.value) * WEI_PER_AITBC === chainWei) return undefined
  const where = `consensus.stake_minimum = ${set.value} (${set.source})`
  return `${where}, but the chain asks for ${inAitbc(chainWei)} AITBC: the chain decides`
}

async function standing(
  { host, node, blsPublicKey }: StakeQuestion,
  minimumWei: bigint,
): Promise<string | undefined> {
  const found = await validatorOfKey(host, node, blsPublicKey)
  if (found?.status === 'below') {
    const [has, wanted] = [found.bonded, minimumWei].map(inAitbc)
    const lacks = `${node} has ${has} AITBC bonded, the chain asks for ${wanted}`
    return `${lacks}: it is in no later set until it bonds more (./aitbc validator join)`
  }
  if (found?.status !== 'jailed') return undefined
  const until = new Date(found.jailedUntil * 1000).toISOString()
  return `${node} is in jail until ${until}, then ./aitbc validator unjail lets it out`
}

/** Lines for people. None from a node that cannot read its own chain: it has louder worries. */
export async function stakeWarnings(question: StakeQuestion): Promise<string[]> {
  const { host, node, settings } = question
  const at = { address: GOVERNANCE_ADDRESS, slot: parameterSlot('stake_minimum_wei') }
  try {
    const word = await host.edge.ask(ArchiveMessages, node, 'Storage', at, { within: ASK_MS })
    const minimumWei = readParameter({ load: () => word }, 'stake_minimum_wei')
    const lines = [stakeDifference(settings, minimumWei), await standing(question, minimumWei)]
    return lines.filter((line) => line !== undefined)
  } catch {
    return []
  }
}

// What the operator expects of consensus.stake_minimum against what governance has made of it. The
// number is state, not genesis: it is read from this node's own chain, once that is there.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { NodeSettings } from '../../config/node-settings.ts'
import { parameterSlot, readParameter } from '../../protocol/governance/parameters.ts'
import { GOVERNANCE_ADDRESS, WEI_PER_AITBC } from '../../protocol/params.ts'
import type { Host } from '../../runtime/host.ts'

const ASK_MS = 5000

/** AITBC with its decimals, as far as there are any. */
function inAitbc(wei: bigint): string {
  const rest = (wei % WEI_PER_AITBC).toString().padStart(18, '0').replace(/0+$/, '')
  return `${wei / WEI_PER_AITBC}${rest && `.${rest}`}`
}

/** A line for people where the two differ; undefined where they agree or nothing is expected. */
export function stakeDifference(
  { stakeMinimum: set }: NodeSettings,
  chainWei: bigint,
): string | undefined {
  if (!set || BigInt(set.value) * WEI_PER_AITBC === chainWei) return undefined
  const where = `consensus.stake_minimum = ${set.value} (${set.source})`
  return `${where}, but the chain asks for ${inAitbc(chainWei)} AITBC: the chain decides`
}

/** A node that cannot read its own chain has louder worries than that. */
export function warnStakeMinimum(
  host: Host,
  node: string,
  settings: NodeSettings,
  report: (event: { type: 'warning'; message: string }) => void,
): void {
  if (!settings.stakeMinimum) return
  const at = { address: GOVERNANCE_ADDRESS, slot: parameterSlot('stake_minimum_wei') }
  host.edge.ask(ArchiveMessages, node, 'Storage', at, { within: ASK_MS }).then(
    (word) => {
      const chainWei = readParameter({ load: () => word }, 'stake_minimum_wei')
      const message = stakeDifference(settings, chainWei)
      if (message) report({ type: 'warning', message })
    },
    () => {},
  )
}

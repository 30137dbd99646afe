// Claims that a block may order, as the builder of one asks for them.

import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { hasOrders } from '../../protocol/rollup/entry-counts.ts'
import { eligible, turnOf } from '../../protocol/rollup/sequencing.ts'
import type { Body } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { ClaimLine } from './claim-line.ts'
import type { HeldBatch } from './held-batch.ts'

type Wanted = Body<(typeof ShardMessages)['verbs'], 'Ready'>

interface Facts {
  readonly line: ClaimLine
  readonly shard: number
  readonly rules: EpochRules | undefined
  allows(held: HeldBatch): boolean
}

/** Of several claims that stand on the same one, that whose turn came first. */
export function offerClaims(
  { head, max, timestampMs, sequencer, headMs, closing }: Wanted,
  { line, shard, rules, allows }: Facts,
): HeldBatch[] {
  const offered: HeldBatch[] = []
  if (!rules) return offered
  let at = head
  let last = { sequencer, timestampMs: headMs }
  while (offered.length < max) {
    const turn = ({ claim }: HeldBatch) => turnOf(rules, last, shard, claim.sequencer)
    const [next] = line
      .childrenOf(at)
      .filter((one) => one.isSigned && allows(one) && one.claim.epoch === rules.epoch)
      .filter(({ claim }) => !closing || !hasOrders(claim))
      .filter(({ claim }) => eligible(rules, last, shard, claim.sequencer, timestampMs))
      .sort((a, b) => turn(a) - turn(b))
    const operator = rules.set.validators[next?.claim.sequencer ?? -1]?.address
    if (!next || !operator) break
    offered.push(next)
    at = next.hash
    last = { sequencer: operator, timestampMs }
  }
  return offered
}

// Ordinary signatures of transfers that are not in a batch yet: over the nonces that their senders
// have now, which are those of the batch if nothing of theirs comes between.

import { pickAbsent } from '../../protocol/rollup/body-layout.ts'
import { stragglerChecks } from '../../protocol/rollup/check-signatures.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import { transferColumns } from '../../protocol/rollup/transfer-columns.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { Executor } from './executor.ts'
import type { ShardProps } from './shard-props.ts'

export type CheckedAhead = Reply<(typeof ShardMessages)['verbs'], 'Check'>

const bytesOf = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer)
const nothing = (code: string): CheckedAhead => ({ code, bad: bytesOf([]), nonces: bytesOf([]) })

export function checkAhead(
  bytes: Uint8Array,
  { genesisHash }: Pick<ShardProps, 'genesisHash'>,
  { nonceOf, keys, ordinary }: Pick<Executor, 'nonceOf' | 'keys' | 'ordinary'>,
  done: (checked: CheckedAhead) => void,
): void {
  const read = readBody(bytes)
  if (!read.ok) {
    done(nothing('UNDECODABLE'))
    return
  }
  const { body } = read
  const columns = transferColumns(body)
  const { positions } = body.absent
  const fromOf = (i: number) => columns.from[positions[i] as number] as number
  const nonces = Array.from(positions, (_, i) => nonceOf(fromOf(i)))
  const unknown: number[] = []
  const known = pickAbsent(body.absent, (i) => {
    const isKnown = keys.spendKey(fromOf(i)) !== undefined
    if (!isKnown) unknown.push(positions[i] as number)
    return isKnown
  })
  const found = stragglerChecks({ ...body, absent: known }, genesisHash, nonceOf, keys, columns)
  if (!found.ok) {
    done(nothing('UNCHECKED'))
    return
  }
  const { checks } = found
  ordinary.check(checks, false, (wrong) => {
    if (!wrong) done(nothing('UNCHECKED'))
    else {
      const bad = [...unknown, ...wrong.map((i) => checks.positions[i] as number)]
      done({ code: '', bad: bytesOf(bad.sort((a, b) => a - b)), nonces: bytesOf(nonces) })
    }
  })
}

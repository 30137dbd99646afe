// What the validators of this process say of themselves, all that metrics are made of. One that
// does not answer has no samples: a scraper sees that it is gone.

import { ArchiveMessages } from '../../../../actors/messages/archive.ts'
import { BlockBuilderMessages } from '../../../../actors/messages/block-builder.ts'
import { MempoolMessages } from '../../../../actors/messages/mempool.ts'
import { ValidatorMessages } from '../../../../actors/messages/validator.ts'
import { ADMIN_ASK_MS } from '../../../../config/limits.ts'
import type { AdminOptions } from '../admin-options.ts'

async function readNode({ host: { edge } }: AdminOptions, node: string) {
  const within = { within: ADMIN_ASK_MS }
  const [head, status, size, consensus, execution, pool] = await Promise.all([
    edge.ask(ArchiveMessages, node, 'Head', null, within),
    edge.ask(ValidatorMessages, node, 'Status', null, within),
    edge.ask(MempoolMessages, node, 'Size', null, within),
    edge.ask(ValidatorMessages, node, 'Figures', null, within),
    edge.ask(BlockBuilderMessages, node, 'Figures', null, within),
    edge.ask(MempoolMessages, node, 'Figures', null, within),
  ])
  const headAgeMs = Math.max(0, Date.now() - head.finalAtMs)
  return { node, head, headAgeMs, status, size, consensus, execution, pool }
}

export type ChainReading = Awaited<ReturnType<typeof readNode>>

export async function readChain(options: AdminOptions): Promise<ChainReading[]> {
  const answers = await Promise.allSettled(
    options.validators.map((node) => readNode(options, node)),
  )
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}

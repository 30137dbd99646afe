// aitbc_status: the chain as the node in use sees it.

import { decodeHeader } from '../../../../protocol/block/header-codec.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const status = method('aitbc_status', [], async ({ chain, chainId }) => {
  const head = await chain.head()
  const { mode, epoch, view, syncing, missing, waiting } = await chain.validator()
  const [node] = chain.nodes()
  return {
    chainId: quantity(chainId),
    node,
    nodes: chain.nodes(),
    height: quantity(head.height),
    hash: head.hash,
    stateRoot: decodeHeader(head.header).stateRoot,
    genesisHash: head.genesisHash,
    finalAtMs: head.finalAtMs,
    mode,
    epoch,
    view,
    syncing,
    missing,
    waiting,
    pool: await chain.pool(),
  }
})

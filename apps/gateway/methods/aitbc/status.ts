// aitbc_status: the chain as the node in use sees it.

import { decodeHeader } from '../../../../protocol/block/header-codec.ts'
import { chainFacts } from '../../../node/chain-facts.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const status = method('aitbc_status', [], async ({ chain, chainId }) => {
  const head = await chain.head()
  const validator = await chain.validator()
  const { mode, view, syncing, missing, waiting, lagBlocks } = validator
  const facts = chainFacts(head, validator)
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
    modeReason: facts.mode_reason,
    epoch: facts.epoch,
    epochBlocksLeft: facts.epoch_blocks_left,
    view,
    leader: facts.leader,
    certificate: validator.certificate,
    checkpoint: facts.checkpoint,
    syncing,
    lagBlocks,
    missing,
    waiting,
    pool: await chain.pool(),
  }
})

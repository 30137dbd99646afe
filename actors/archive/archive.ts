// Reads of final blocks and of the state after the last of them. It shares the chain store with
// the block-builder and never writes.

import { assert } from '../../lib/assert.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeHeader } from '../../protocol/block/header-codec.ts'
import { loadCertified } from '../../protocol/epoch/checkpoint-storage.ts'
import { epochWords, lastHeight } from '../../protocol/epoch/epoch-storage.ts'
import { lastDecision } from '../../protocol/epoch/policy-storage.ts'
import { type CallRequest, call } from '../../protocol/execution/call.ts'
import type { ChainConfig } from '../../protocol/execution/chain-config.ts'
import { GOVERNANCE_ADDRESS } from '../../protocol/params.ts'
import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import { BlockPolls } from './block-polls.ts'
import { ChainReader } from './chain-reader.ts'
import { findCheckpoint } from './find-checkpoint.ts'
import { findLogs } from './find-logs.ts'
import { SnapshotDesk } from './snapshot-desk.ts'

export interface ArchiveProps {
  readonly config: ChainConfig
}

function headOf(reader: ChainReader) {
  const height = reader.finalHeight() ?? 0
  const stored = reader.stored(height)
  const block = reader.block(height)
  const genesis = reader.block(0)
  assert(stored && block && genesis, 'archive: a head has its rows')
  const { hash, finalAtMs } = stored
  const header = encodeHeader(block.header)
  const words = epochWords(reader)
  const checkpointHeight = loadCertified(words)?.height ?? 0
  const governance = { load: (at: Hex) => reader.storage(GOVERNANCE_ADDRESS, at) }
  const modeReason = lastDecision(words, governance)?.reason ?? 'as the genesis says'
  const oldest = reader.oldestHeight()
  const chain = { height, hash, genesisHash: genesis.hash, header, finalAtMs }
  const epochEnd = lastHeight(words)
  return { ...chain, checkpointHeight, epochEnd, modeReason, oldest }
}

function callNow(reader: ChainReader, config: ChainConfig, request: CallRequest) {
  const { chainId, modules } = config
  const block = reader.block(reader.finalHeight() ?? 0)
  assert(block, 'archive: a head has its block')
  const { height, timestamp, baseFeePerGas: baseFee, coinbase, gasLimit } = block.header
  const env = { chainId, modules, height, timestamp, baseFee, coinbase, gasLimit }
  return call(reader, env, request)
}

/** Wraps a handler so that what is asked before the genesis is written waits for it. */
function onceReady(ctx: Context, reader: ChainReader) {
  return <In, Out>(read: (body: In) => Out) =>
    (body: In, reply: (out: Out) => void) => {
      if (reader.finalHeight() === undefined) ctx.stash()
      else reply(read(body))
    }
}

export const Archive = actor({
  messages: ArchiveMessages,
  restart: 'permanent',
  mailbox: { capacity: 4096, overflow: 'reject' },
  setup(ctx, props: ArchiveProps) {
    const reader = new ChainReader(ctx.store)
    const polls = new BlockPolls(ctx, reader)
    const snapshots = new SnapshotDesk(ctx)
    const ready = onceReady(ctx, reader)
    let head: ReturnType<typeof headOf> | undefined
    return {
      Committed() {
        head = undefined
        ctx.unstash()
        polls.answer()
      },
      Head: ready(() => {
        head ??= headOf(reader)
        const oldest = reader.oldestHeight()
        if (head.oldest !== oldest) head = { ...head, oldest }
        return head
      }),
      BlocksAfter({ height, max }, reply) {
        polls.add(height, max, reply)
      },
      Manifest({ hash }, reply) {
        snapshots.manifest(hash, reply)
      },
      Chunk({ height, index }, reply) {
        snapshots.chunk(height, index, reply)
      },
      Block: ready(({ height }) => reader.stored(height)),
      HeightOf: ready(({ hash }) => reader.heightOf(hash)),
      TransactionAt: ready(({ hash }) => reader.transactionAt(hash)),
      Account: ready(({ address }) => reader.account(address)),
      Storage: ready(({ address, slot }) => reader.storage(address, slot)),
      Call: ready((request) => callNow(reader, props.config, request)),
      Checkpoint: ready(({ epoch }) => findCheckpoint(ctx.store, epoch)),
      ValidatorSet: ready(({ hash }) => ctx.store.get(CHAIN_TABLES.sets, hexToBytes(hash))),
      Logs: ready((filter) => findLogs(reader, filter)),
    }
  },
})

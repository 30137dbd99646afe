// Commits final blocks: one durable write at a time, then the readers of the chain are told.

import { EMPTY, u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { nextBaseFee } from '../../protocol/block/base-fee.ts'
import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import type { Put } from '../../runtime/store.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import { MempoolMessages } from '../messages/mempool.ts'
import type { Bench } from './bench.ts'
import { blockLine } from './block-line.ts'
import { finalRows, genesisRows, latestAccounts } from './chain-rows.ts'
import { checkpointRows } from './checkpoint-rows.ts'
import { epochAfter, followingOf } from './epoch-news.ts'
import { tellEpoch, tellOrdered } from './shard-desk.ts'
import type { Candidate } from './speculation.ts'
import { formerRows, undoPuts } from './undo-puts.ts'

interface FinaliseRequest {
  readonly hash: Hex
  readonly certificate: Uint8Array
  readonly finalAtMs: number
}

type Reply = (outcome: { height: number; code: string; following: Uint8Array }) => void

export class Finaliser {
  private readonly bench: Bench
  private readonly waiting: (() => void)[] = []
  private isWriting = false

  constructor(bench: Bench) {
    this.bench = bench
  }

  writeGenesis(): void {
    const { ctx, props } = this.bench
    this.whenFree(() =>
      this.write(genesisRows(props.genesis), (error) => {
        // Without its genesis a node has nothing to answer from: start over.
        if (error) throw error
        ctx.tell(ArchiveMessages, props.archive, 'Committed', { height: 0 })
      }),
    )
  }

  /** Commits the block and its ancestors; a block that is final already is a success. */
  finalise(request: FinaliseRequest, reply: Reply): void {
    this.whenFree(() => this.commit(request, reply))
  }

  private commit({ hash, certificate, finalAtMs }: FinaliseRequest, reply: Reply): void {
    const { ctx, speculation } = this.bench
    const answer = (code: string, following: Uint8Array = EMPTY) => {
      const { height } = speculation.final.block.header
      reply({ height, code, following })
    }
    if (this.isFinal(hash)) {
      answer('')
      return
    }
    const path = speculation.pathTo(hash)
    if (!path) {
      answer('UNKNOWN_BLOCK')
      return
    }
    if (path.length > 1) ctx.reached('block-builder-several-final')
    const rows = finalRows(path, { finalAtMs, certificate })
    rows.push(...checkpointRows(speculation.final, path))
    const { block, tree } = speculation.final
    const base = block.header.height
    rows.push(...undoPuts(ctx.store, base, base + path.length, formerRows(tree, path)))
    this.write(rows, (error) => {
      if (error) {
        ctx.log('error', 'commit-failed', { hash, detail: error.message })
        answer('STORE_FAILED')
        return
      }
      const before = speculation.final
      const epoch = epochAfter(before)
      speculation.advance(hash)
      for (const { block } of path) ctx.log('info', 'block', blockLine(block, finalAtMs))
      this.announce(path)
      tellOrdered(this.bench, before, path)
      const isTurned = epochAfter(speculation.final) !== epoch
      if (isTurned) tellEpoch(this.bench)
      answer('', isTurned ? followingOf(speculation.final) : EMPTY)
    })
  }

  isFinal(hash: Hex): boolean {
    const { ctx, speculation } = this.bench
    if (hash === speculation.final.block.hash) return true
    return ctx.store.get(CHAIN_TABLES.heights, hexToBytes(hash)) !== undefined
  }

  private whenFree(run: () => void): void {
    if (this.isWriting) this.waiting.push(run)
    else run()
  }

  private write(rows: readonly Put[], done: (error?: Error) => void): void {
    this.isWriting = true
    this.bench.ctx.store.commit(rows, (error) => {
      this.isWriting = false
      done(error)
      while (!this.isWriting && this.waiting.length > 0) this.waiting.shift()?.()
    })
  }

  private announce(path: readonly Candidate[]): void {
    const { ctx, props, speculation } = this.bench
    const { header } = speculation.final.block
    const accounts = [...latestAccounts(path)].map(([address, { nonce, balance }]) => ({
      address,
      nonce,
      balance,
    }))
    const included = path.flatMap(({ executed }) =>
      executed.included.map(({ transaction }) => transaction.hash),
    )
    const { height } = header
    const baseFee = nextBaseFee(header)
    ctx.tell(ArchiveMessages, props.archive, 'Committed', { height })
    ctx.tell(MempoolMessages, props.mempool, 'Finalised', { height, baseFee, included, accounts })
  }

  /** The finality row of the last final block, once it is written. */
  lastRow(): Uint8Array | undefined {
    const { ctx, speculation } = this.bench
    return ctx.store.get(CHAIN_TABLES.finality, u64(speculation.final.block.header.height))
  }
}

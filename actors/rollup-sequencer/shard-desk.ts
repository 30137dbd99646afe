// What the sequencer asks of its shard for one batch: assemble, proofs, seal, drop.

import type { Context } from '../../runtime/context.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'

type Verbs = (typeof ShardMessages)['verbs']
export type Assembled = Reply<Verbs, 'Assemble'>
type Sealed = Reply<Verbs, 'Seal'>

const ASSEMBLE_MS = 10_000
const SEAL_MS = 15_000

export class ShardDesk {
  private readonly ctx: Context
  private readonly key: string

  constructor(ctx: Context, { node, shard }: { readonly node: string; readonly shard: number }) {
    this.ctx = ctx
    this.key = shardKey(node, shard)
  }

  assemble(
    body: Body<Verbs, 'Assemble'>,
    ok: (assembled: Assembled) => void,
    failed: () => void,
  ): void {
    this.ctx.ask(ShardMessages, this.key, 'Assemble', body, { within: ASSEMBLE_MS, ok, failed })
  }

  /** Paths of positions (u32 each) of the open draft; fails also where the draft is another. */
  proofs(
    number: number,
    positions: Uint8Array,
    ok: (paths: Uint8Array) => void,
    failed: () => void,
  ): void {
    this.ctx.ask(
      ShardMessages,
      this.key,
      'Proofs',
      { number, positions },
      {
        within: ASSEMBLE_MS,
        ok: ({ code, proofs }) => (code === '' ? ok(proofs) : failed()),
        failed,
      },
    )
  }

  /** Checks the signatures of senders who each gave their own; fails where the draft is another. */
  cosigners(
    body: Body<Verbs, 'Cosigners'>,
    ok: (checked: Reply<Verbs, 'Cosigners'>) => void,
    failed: () => void,
  ): void {
    this.ctx.ask(ShardMessages, this.key, 'Cosigners', body, {
      within: ASSEMBLE_MS,
      ok: (checked) => (checked.code === '' ? ok(checked) : failed()),
      failed,
    })
  }

  /** What did not seal it in time is told to forget it. */
  seal(body: Body<Verbs, 'Seal'>, ok: (sealed: Sealed) => void, failed: () => void): void {
    this.ctx.ask(ShardMessages, this.key, 'Seal', body, {
      within: SEAL_MS,
      ok,
      failed: () => {
        this.drop(body.number)
        failed()
      },
    })
  }

  drop(number: number): void {
    this.ctx.tell(ShardMessages, this.key, 'Drop', { number })
  }
}

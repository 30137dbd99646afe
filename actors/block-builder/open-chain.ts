// From the store to the parts that work on the chain. A large chain is loaded a slice a turn, so
// that the other actors of its thread answer meanwhile; a small one, and a new one, at once.

import { BLOCKS_NOT_FINAL_MAX } from '../../config/limits.ts'
import type { Context } from '../../runtime/context.ts'
import type { Bench, BlockBuilderProps } from './bench.ts'
import { ExecutionFigures } from './execution-figures.ts'
import { Finaliser } from './finaliser.ts'
import { loadChain } from './load-chain.ts'
import { Speculation, type Tip } from './speculation.ts'

/** Milliseconds of one turn. PERF: a timer costs one more. */
const SLICE_MS = 16
/** A long load says how far it is so often. */
const SAY_MS = 2000

export interface OpenChain {
  readonly bench: Bench
  readonly finaliser: Finaliser
}

export class Opening {
  /** Rows of the state that are read. */
  rows = 0
  private readonly ctx: Context
  private readonly props: BlockBuilderProps
  private readonly opened: (chain: OpenChain) => void
  private readonly startedMs: number
  private readonly work: Generator<number, Tip | undefined>
  private saidMs: number

  /** `opened` is called once, perhaps at once. */
  constructor(ctx: Context, props: BlockBuilderProps, opened: (chain: OpenChain) => void) {
    this.ctx = ctx
    this.props = props
    this.opened = opened
    this.startedMs = ctx.now()
    this.saidMs = this.startedMs
    this.work = loadChain(ctx.store, props.genesis.block.hash)
    this.slice()
  }

  private slice(): void {
    const { ctx } = this
    const until = ctx.now() + SLICE_MS
    do {
      const { done, value } = this.work.next()
      if (done) {
        this.loaded(value)
        return
      }
      this.rows = value
    } while (ctx.now() < until)
    this.say()
    ctx.after('load', 0, () => this.slice())
  }

  private say(): void {
    const now = this.ctx.now()
    if (now - this.saidMs < SAY_MS) return
    this.saidMs = now
    const ms = Math.round(now - this.startedMs)
    this.ctx.log('info', 'chain-loading', { rows: this.rows, ms })
  }

  private loaded(loaded: Tip | undefined): void {
    const { ctx, props } = this
    const { genesis } = this.props
    const final = loaded ?? { block: genesis.block, tree: genesis.tree }
    const { hash, header } = final.block
    const ms = Math.round(ctx.now() - this.startedMs)
    const event = loaded ? 'chain-loaded' : 'chain-created'
    ctx.log('info', event, { height: header.height, hash, ms })
    if (header.height > 0) ctx.reached('block-builder-restarted')
    const speculation = new Speculation(final, BLOCKS_NOT_FINAL_MAX)
    const bench = { ctx, props, speculation, figures: new ExecutionFigures(ctx) }
    const finaliser = new Finaliser(bench)
    if (!loaded) finaliser.writeGenesis()
    this.opened({ bench, finaliser })
  }
}

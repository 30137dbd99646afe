// The worker dials the scheduler: registers, says again at every beat that it is there, and
// survives the scheduler's restarts because a registration may be repeated at any time.

import type { Context } from '../../runtime/context.ts'
import { SchedulerMessages } from '../messages/scheduler.ts'
import type { GpuWorkerProps } from './gpu-worker.ts'
import type { ModelShelf } from './model-shelf.ts'
import type { Runs } from './runs.ts'

const REGISTER_WITHIN_MS = 2000
const HEARTBEAT_MS_DEFAULT = 1000
/** A scheduler that restarted has forgotten us: say who we are every few beats. */
const BEATS_PER_REGISTRATION = 3

export class SchedulerLink {
  private readonly ctx: Context
  private readonly props: GpuWorkerProps
  private readonly shelf: ModelShelf
  private readonly runs: Runs
  private readonly draining: () => boolean
  private heartbeatMs = HEARTBEAT_MS_DEFAULT
  private beats = 0
  private refusal = ''

  constructor(
    ctx: Context,
    props: GpuWorkerProps,
    shelf: ModelShelf,
    runs: Runs,
    draining: () => boolean,
  ) {
    this.ctx = ctx
    this.props = props
    this.shelf = shelf
    this.runs = runs
    this.draining = draining
  }

  start(): void {
    this.register()
    this.beat()
  }

  register(): void {
    const { address, slots, schedulerKey, rollup } = this.props
    const spendKey = rollup?.spendKey
    const models = this.shelf.offered().map((model) => ({
      modelId: model.modelId,
      modelRoot: model.modelRoot,
      engine: model.engine,
      device: model.device,
      unit: model.unit,
      unitPriceWei: model.unitPriceWei,
      unitsPerSecond: model.unitsPerSecond,
    }))
    const state = this.draining() ? ('draining' as const) : ('online' as const)
    this.ctx.ask(
      SchedulerMessages,
      schedulerKey,
      'Register',
      { worker: this.ctx.self.key, address, slots, models, spendKey, state },
      {
        within: REGISTER_WITHIN_MS,
        ok: ({ code, message, heartbeatMs }) => {
          if (code === '') this.heartbeatMs = heartbeatMs || HEARTBEAT_MS_DEFAULT
          else if (code !== this.refusal) this.ctx.log('warn', 'not registered', { code, message })
          this.refusal = code
        },
        // The next beat tries again.
        failed: () => {},
      },
    )
  }

  private beat(): void {
    const running = this.runs.list()
    this.ctx.tell(SchedulerMessages, this.props.schedulerKey, 'Heartbeat', {
      worker: this.ctx.self.key,
      running,
      slotsFree: Math.max(0, this.props.slots - running.length),
    })
    if (this.beats++ % BEATS_PER_REGISTRATION === 0) this.register()
    this.ctx.after('beat', this.heartbeatMs, () => this.beat())
  }
}

// The models of a worker and whether they may be offered: only after the golden self-test.

import type { Context } from '../../runtime/context.ts'
import { failureText } from '../../runtime/failure.ts'
import { type LoadedModel, LoadModel } from '../messages/tasks.ts'

type Shelved =
  | { readonly state: 'loading' | 'testing' | 'missing' | 'failed'; readonly detail: string }
  | { readonly state: 'ready'; readonly detail: string; readonly model: LoadedModel }

const LOAD_WITHIN_MS = 120_000
/** A model whose files are missing may be pulled later. */
const RETRY_MS = 30_000

export class ModelShelf {
  private readonly ctx: Context
  private readonly ids: readonly string[]
  private readonly changed: () => void
  private readonly models = new Map<string, Shelved>()

  constructor(ctx: Context, ids: readonly string[], changed: () => void) {
    this.ctx = ctx
    this.ids = ids
    this.changed = changed
  }

  start(): void {
    for (const id of this.ids) this.load(id)
  }

  /** Its process died: it must pass its self-test again before it is offered again. */
  crashed(modelId: string): void {
    if (!this.ready(modelId)) return
    this.load(modelId)
    this.changed()
  }

  private load(modelId: string): void {
    this.models.set(modelId, { state: 'loading', detail: '' })
    this.ctx.run(
      LoadModel,
      { modelId },
      {
        within: LOAD_WITHIN_MS,
        chunk: (state) => this.models.set(modelId, { state, detail: '' }),
        ok: (model) => {
          const speed = `${Math.round(model.unitsPerSecond)} ${model.unit}/s`
          this.models.set(modelId, { state: 'ready', detail: speed, model })
          this.ctx.log('info', 'model ready', { modelId, speed, loadMs: model.loadMs })
          this.changed()
        },
        failed: (failure) => {
          const state = failure.detail.startsWith('MODEL_MISSING') ? 'missing' : 'failed'
          this.models.set(modelId, { state, detail: failure.detail.slice(0, 512) })
          this.ctx.log('warn', 'model not offered', { modelId, why: failureText(failure) })
          this.ctx.after(`load ${modelId}`, RETRY_MS, () => this.load(modelId))
        },
      },
    )
  }

  ready(modelId: string): LoadedModel | undefined {
    const shelved = this.models.get(modelId)
    return shelved?.state === 'ready' ? shelved.model : undefined
  }

  offered(): LoadedModel[] {
    return this.ids.flatMap((id) => this.ready(id) ?? [])
  }

  states() {
    return [...this.models].map(([modelId, { state, detail }]) => ({ modelId, state, detail }))
  }
}

// The same pair of actors in nact: a source with a window of messages under way, a sink that
// increments. Handlers are plain functions that return the state, nact's fastest form.

import { dispatch, type Ref, spawn, start, stop } from 'nact'

interface More {
  readonly more: number
}

/** Messages a second. */
export async function nactTells(count: number, window: number): Promise<number> {
  const total = count - (count % window)
  const system = start()
  let source: Ref<unknown> | undefined
  let sum = 0
  const sink = spawn(
    system,
    (_state: unknown, n: number) => {
      sum += n
      if (sum % window === 0) dispatch(source as Ref<unknown>, { more: sum })
    },
    'sink',
  )
  const started = performance.now()
  await new Promise<void>((resolve) => {
    let left = total
    source = spawn(
      system,
      (_state: unknown, _message: More) => {
        const now = Math.min(left, window)
        for (let i = 0; i < now; i++) dispatch(sink, 1)
        left -= now
        if (now === 0) resolve()
      },
      'source',
    ) as Ref<unknown>
    dispatch(source, { more: 0 })
  })
  const took = performance.now() - started
  if (sum !== total) throw new Error(`nact: ${sum} messages arrived, ${total} were sent`)
  stop(system)
  return ((total + total / window) / took) * 1000
}

// The same actors in nact: a source with a window of messages under way and a sink that increments,
// asks one after the other, ten thousand that are told. Handlers are plain functions without state
// of nact's keeping, its fastest form.

import { dispatch, query, type Ref, spawn, start, stop } from 'nact'

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

/** Queries a second, one after the other, as an actor's asks are. */
export async function nactAsks(count: number): Promise<number> {
  const system = start()
  const sink = spawn(
    system,
    (_state: unknown, { from }: { from: Ref<number> }) => dispatch(from, 1),
    'sink',
  )
  const started = performance.now()
  let sum = 0
  for (let i = 0; i < count; i++) {
    sum += (await query(sink, (from: Ref<number>) => ({ from }), 5000)) as number
  }
  const took = performance.now() - started
  if (sum !== count) throw new Error(`nact: ${sum} of ${count} queries were answered`)
  stop(system)
  return (count / took) * 1000
}

/** Messages a second from one place to each of many actors, round after round. */
export async function nactFanOut(actors: number, rounds: number): Promise<number> {
  const system = start()
  let sum = 0
  const refs = Array.from({ length: actors }, (_, i) =>
    spawn(
      system,
      (_state: unknown, n: number) => {
        sum += n
      },
      `k${i}`,
    ),
  )
  const started = performance.now()
  for (let round = 0; round < rounds; round++) for (const one of refs) dispatch(one, 1)
  while (sum < actors * rounds) await new Promise(setImmediate)
  const took = performance.now() - started
  stop(system)
  return ((actors * rounds) / took) * 1000
}

// Waiting for another thread without blocking this one (Atomics.waitAsync, ES2024; Node since 16).
// The wait does not keep the process alive.

interface WaitAsync {
  readonly async: boolean
  readonly value: Promise<string> | string
}

const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, at: number, value: number): WaitAsync
}

/** Calls `woken` when somebody rings, or soon if the word is not `value` now. */
export function waitWhile(words: Int32Array, at: number, value: number, woken: () => void): void {
  const wait = waitAsync(words, at, value)
  if (wait.async) void (wait.value as Promise<string>).then(woken)
  else queueMicrotask(woken)
}

// Work that is made to be done in slices, done at once: where nothing else has to run meanwhile.

export function runToEnd<Out>(work: Generator<unknown, Out>): Out {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

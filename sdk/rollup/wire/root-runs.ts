// Which transfers of a client a root contains: the `runs` of a root frame.

const RUN_WORDS = 4

/** So many transfers of a submission, from `offset` on, from position `first` of the batch on. */
export interface RootRun {
  readonly submission: number
  readonly offset: number
  readonly first: number
  readonly count: number
}

/** Words that are left over at the end are no run. */
export function rootRuns(words: Uint32Array): RootRun[] {
  const runs: RootRun[] = []
  for (let i = 0; i + RUN_WORDS <= words.length; i += RUN_WORDS) {
    const [submission, offset, first, count] = words.subarray(i, i + RUN_WORDS) as unknown as [
      number,
      number,
      number,
      number,
    ]
    runs.push({ submission, offset, first, count })
  }
  return runs
}

// Which faults a simulated world has, and how strong. Rates are probabilities per event.

export interface NetworkFaults {
  readonly latencyMinMs: number
  /** Mean of the exponential tail on top of the minimum. */
  readonly latencyTailMs: number
  readonly loss: number
  readonly duplication: number
  /** Probability that a frame is held back long enough for later ones to overtake it. */
  readonly reordering: number
}

export interface DiskFaults {
  readonly commitMinMs: number
  readonly commitTailMs: number
  /** Probability that a commit fails as on a full disk. */
  readonly full: number
}

export interface Faults {
  readonly network: NetworkFaults
  readonly disk: DiskFaults
  readonly taskMinMs: number
  readonly taskTailMs: number
  /** Clocks differ by at most this. */
  readonly clockOffsetMs: number
}

export const NO_FAULTS: Faults = {
  network: { latencyMinMs: 1, latencyTailMs: 1, loss: 0, duplication: 0, reordering: 0 },
  disk: { commitMinMs: 0.5, commitTailMs: 0.5, full: 0 },
  taskMinMs: 0.2,
  taskTailMs: 0.2,
  clockOffsetMs: 0,
}

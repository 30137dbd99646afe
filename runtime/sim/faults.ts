// Which faults a simulated world has, and how strong. Rates are probabilities per event.

export interface NetworkFaults {
  readonly latencyMinMs: number
  /** Mean of the exponential tail on top of the minimum. */
  readonly latencyTailMs: number
  readonly loss: number
  readonly duplication: number
  /** Probability that a frame is held back long enough for later ones to overtake it. */
  readonly reordering: number
  /** What a direction of a link carries; Infinity for no limit. */
  readonly bytesPerMs: number
  /** What a direction of a link holds that has not left yet; a frame beyond is refused. */
  readonly capacityBytes: number
  /** Probability that nobody is told when a node crashes: its links just fall silent. */
  readonly silentCrash: number
}

export interface DiskFaults {
  readonly commitMinMs: number
  readonly commitTailMs: number
  /** Probability that a commit fails as on a full disk. */
  readonly full: number
}

export interface TaskFaults {
  readonly minMs: number
  readonly tailMs: number
  readonly failed: number
  /** Probability that the queue of tasks refuses one. */
  readonly rejected: number
  /** Probability that a task never ends by itself. */
  readonly stalled: number
}

export interface Faults {
  readonly network: NetworkFaults
  readonly disk: DiskFaults
  readonly tasks: TaskFaults
  /** Clocks differ by at most this. */
  readonly clockOffsetMs: number
  /** Clocks run at most this fraction too fast or too slow. */
  readonly clockDrift: number
  /** Probability that a branch marked with `ctx.buggify` is taken, where the seed enables it. */
  readonly buggify: number
}

export const NO_FAULTS: Faults = {
  network: {
    latencyMinMs: 1,
    latencyTailMs: 1,
    loss: 0,
    duplication: 0,
    reordering: 0,
    bytesPerMs: Number.POSITIVE_INFINITY,
    capacityBytes: 16 * 1024 * 1024,
    silentCrash: 0,
  },
  disk: { commitMinMs: 0.5, commitTailMs: 0.5, full: 0 },
  tasks: { minMs: 0.2, tailMs: 0.2, failed: 0, rejected: 0, stalled: 0 },
  clockOffsetMs: 0,
  clockDrift: 0,
  buggify: 0,
}

// What may be wrong with what a process sends to another. Each direction of a connection has its
// own, kept by the sender, so that a fault can be one-way.

export interface Faults {
  /** Nothing passes; what was sent waits, as on a cut cable under TCP, and passes after the end. */
  readonly block: boolean
  /** The share of frames that are lost, 0 to 1. */
  readonly drop: number
  readonly delayMs: number
  /** Up to so much more, drawn for each frame; frames of one lane keep their order. */
  readonly jitterMs: number
}

export const HEALTHY: Faults = { block: false, drop: 0, delayMs: 0, jitterMs: 0 }

export function isHealthy({ block, drop, delayMs, jitterMs }: Faults): boolean {
  return !block && drop === 0 && delayMs === 0 && jitterMs === 0
}

// What stands between a taped context and the world: a recorder writes everything down, a replayer
// gives back what was written and checks what the actor does.

/** How a callback of the actor can be called: by branch (`ok`, `failed`, …) with one argument. */
export type Branches = Readonly<{ [branch: string]: (argument: never) => void }>

export interface Tape {
  /** The answer of the world: looked up, or read from the recording. */
  read<T>(what: string, look: () => T): T
  /** Something the actor did to the world. */
  effect(what: string, value: unknown): void
  /**
   * A callback that the actor handed out, under the next number. The result wraps its branches so
   * that a call is written down as an input of the actor.
   */
  callback<B extends Branches>(branches: B): B
}

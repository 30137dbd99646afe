// Something that must hold, and whether it did.

export interface Invariant {
  readonly name: string
  readonly ok: boolean
  /** What was compared, or what was wrong. */
  readonly detail: string
}

/** `wrongs` empty: it holds. */
export function invariant(name: string, wrongs: readonly string[], fine: string): Invariant {
  if (wrongs.length === 0) return { name, ok: true, detail: fine }
  const more = wrongs.length > 1 ? ` (and ${wrongs.length - 1} more)` : ''
  return { name, ok: false, detail: `${wrongs[0]}${more}` }
}

// The modes in which a bench can have the chain, in the order of the protocol's tables of times.

export const MODES = ['FAST', 'BALANCED', 'SECURE'] as const
export type Mode = (typeof MODES)[number]

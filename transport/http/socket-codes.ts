// Close codes of RFC 6455 that the server itself uses.

export const GOING_AWAY = { code: 1001, reason: 'the server stops' } as const
/** "Try again later" (IANA registry of close codes). */
export const TOO_SLOW = { code: 1013, reason: 'too slow: the backlog is full' } as const

// net_listening.

import { method } from '../../method.ts'

export const netListening = method('net_listening', [], () => true)

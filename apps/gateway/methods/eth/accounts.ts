// eth_accounts: the gateway holds no keys.

import { method } from '../../method.ts'

export const accounts = method('eth_accounts', [], () => [])

// rpc_modules.

import { method } from '../../method.ts'

export const rpcModules = method('rpc_modules', [], () => ({
  aitbc: '1.0',
  eth: '1.0',
  net: '1.0',
  rollup: '1.0',
  rpc: '1.0',
  web3: '1.0',
}))

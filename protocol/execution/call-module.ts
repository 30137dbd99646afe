// One call of a module: value first, then the rule; a refusal rolls everything back.

import type { Hex } from '../../lib/hex.ts'
import type { Log, Module, ModuleResult } from '../modules/module.ts'
import type { Overlay } from '../state/overlay.ts'
import type { ExecutionEnv } from './execution-env.ts'
import { moduleState } from './module-state.ts'

export function callModule(
  overlay: Overlay,
  env: ExecutionEnv,
  module: Module,
  call: { readonly caller: Hex; readonly value: bigint; readonly data: Uint8Array },
): { result: ModuleResult; logs: Log[] } {
  const checkpoint = overlay.checkpoint()
  const logs: Log[] = []
  overlay.transfer(call.caller, module.address, call.value)
  const result = module.call({
    ...call,
    chainId: env.chainId,
    height: env.height,
    timestamp: env.timestamp,
    state: moduleState(overlay, module.address),
    emit: (log) => logs.push(log),
  })
  if (result.ok) {
    overlay.keep()
    return { result, logs }
  }
  overlay.rollback(checkpoint)
  return { result, logs: [] }
}

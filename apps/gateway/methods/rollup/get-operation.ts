// rollup_getOperation: where the operation of a kind on a use of a lock went; of recent batches
// only.

import { OPERATION_KINDS, type OperationKind } from '../../../../protocol/rollup/operation-terms.ts'
import { method } from '../../method.ts'
import { count, type Param } from '../../params.ts'
import { accountParam } from '../../rollup/rollup-params.ts'
import { shownOperation } from '../../rollup/shown-operation.ts'

const kindParam: Param<OperationKind> = {
  expects: `a kind of operation (${Object.keys(OPERATION_KINDS).join(', ')})`,
  read: (value) => {
    const isKind = typeof value === 'string' && Object.hasOwn(OPERATION_KINDS, value)
    return isKind ? (value as OperationKind) : undefined
  },
}

export const getOperation = method(
  'rollup_getOperation',
  [accountParam, count, kindParam],
  async ({ rollup }, lock, use, kind) =>
    shownOperation(await rollup.findOperation({ lock, use, kind: OPERATION_KINDS[kind] })),
)

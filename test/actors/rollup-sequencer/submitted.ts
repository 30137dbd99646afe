// What a group submits: transfers of four accounts, without a co-signature.

import * as assert from 'uvu/assert'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { writeBody } from '../../../protocol/rollup/write-body.ts'

const EACH = 4

/** Account `first` and the next three pay; all but the last gave an ordinary signature. */
export function submitted(group: number, first: number) {
  const column = (value: number, count = EACH) => new Uint32Array(count).fill(value)
  const from = Uint32Array.from({ length: EACH }, (_, i) => first + i)
  const amounts = { amountLo: column(1), amountHi: column(0) }
  const read = readBody(
    writeBody({
      shard: 0,
      number: 0,
      signature: new Uint8Array(96),
      sections: [{ kind: 'sparse', from, to: column(0), ...amounts }],
      absent: {
        positions: Uint32Array.of(0, 1, 2),
        maxFees: column(5, 3),
        notAfters: column(50, 3),
        signatures: new Uint8Array(64 * 3),
      },
    }),
  )
  assert.ok(read.ok)
  return { group, number: 1, body: read.body }
}

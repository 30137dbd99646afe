// Transfers that come one by one with an ordinary signature and nobody to co-sign: the gateway is
// their group, and answers every root at once that all of them are absent.

import type { Hex } from '../../../lib/hex.ts'
import { SIGNATURE_BYTES } from '../../../protocol/rollup/body-layout.ts'
import { NOBODY_ABSENT, writeBody } from '../../../protocol/rollup/write-body.ts'
import type { SentTransfer } from '../../../sdk/rollup/wire/signed-transfer-bytes.ts'
import { GroupSession } from './group-session.ts'
import type { GroupEvent, RollupAccess, SubmitReply } from './rollup-access.ts'

const RUN_WORDS = 4
const U32 = 2n ** 32n

function draftOf(shard: number, sent: SentTransfer): Uint8Array {
  const one = (value: number) => Uint32Array.of(value)
  return writeBody({
    shard,
    number: 0,
    signature: new Uint8Array(SIGNATURE_BYTES),
    sections: [
      {
        kind: 'sparse',
        from: one(sent.from),
        to: one(sent.to),
        amountLo: one(Number(sent.amount % U32)),
        amountHi: one(Number(sent.amount / U32)),
      },
    ],
    absent: {
      positions: one(0),
      maxFees: one(sent.maxFee),
      notAfters: one(sent.notAfter),
      signatures: sent.signature,
    },
  })
}

/** Positions in the batch, rising, of runs [submission, offset, first, count]. */
function positionsOf(runs: Uint8Array): Uint32Array {
  const aligned = Uint8Array.from(runs)
  const words = new Uint32Array(aligned.buffer)
  const positions: number[] = []
  for (let i = 0; i < words.length; i += RUN_WORDS) {
    const [first, count] = [words[i + 2] as number, words[i + 3] as number]
    for (let k = 0; k < count; k++) positions.push(first + k)
  }
  return Uint32Array.from(positions).sort()
}

export class OrdinaryTransfers {
  private readonly rollup: RollupAccess
  private readonly groups = new Map<number, GroupSession>()
  private submission = 0

  constructor(rollup: RollupAccess) {
    this.rollup = rollup
  }

  /** Rejects with ChainUnavailable. */
  send(shard: number, sent: SentTransfer): Promise<SubmitReply> {
    this.submission = (this.submission + 1) % 2 ** 32
    return this.groupOf(shard).submit(this.submission, draftOf(shard, sent))
  }

  private groupOf(shard: number): GroupSession {
    const known = this.groups.get(shard)
    if (known) return known
    const event = ({ number, root }: GroupEvent) => {
      if (root) this.answer(shard, number, root.txRoot, root.runs)
    }
    // Who sent a transfer finds it by sender and nonce, or sends it again.
    const group = new GroupSession(this.rollup, shard, { event, lost: () => {} })
    this.groups.set(shard, group)
    return group
  }

  private answer(shard: number, number: number, txRoot: Hex, runs: Uint8Array): void {
    const absent = { ...NOBODY_ABSENT, positions: positionsOf(runs) }
    this.groups.get(shard)?.cosign(number, txRoot, new Uint8Array(0), absent)
  }

  stop(): void {
    for (const group of this.groups.values()) group.close()
    this.groups.clear()
  }
}

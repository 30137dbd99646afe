// A bug on purpose in all members of committees: they attest whatever claim they hear of, offer it
// and vote for it, without having looked at its batch.

import { CommitteeDesk } from '../../../actors/shard/committee-desk.ts'
import { readClaim } from '../../../actors/shard/held-batch.ts'
import { Holds } from '../../../actors/shard/holds.ts'
import { LineKeeper } from '../../../actors/shard/line-keeper.ts'

export const COMMITTEE_PLANTS = ['attest-unchecked'] as const
export type CommitteePlant = (typeof COMMITTEE_PLANTS)[number]

/** Runs with the bug; all is as it was afterwards. */
export function withFalseMembers<T>(plant: CommitteePlant | undefined, run: () => T): T {
  const { receive } = LineKeeper.prototype
  const { allows } = CommitteeDesk.prototype
  const { add, answerOutside } = Holds.prototype
  if (plant === 'attest-unchecked') {
    LineKeeper.prototype.receive = function (this: LineKeeper, encoded, bytes) {
      receive.call(this, encoded, bytes)
      const known = readClaim(encoded)
      const { committee } = this as unknown as { committee: CommitteeDesk }
      if (known) committee.attest({ ...known, isSigned: true } as never)
    }
    CommitteeDesk.prototype.allows = function (this: CommitteeDesk, { hash }) {
      return this.certificateOf(hash) !== undefined
    }
    Holds.prototype.add = (_, __, reply) => reply('', '')
    Holds.prototype.answerOutside = (_, reply) => reply('', '')
  }
  try {
    return run()
  } finally {
    LineKeeper.prototype.receive = receive
    CommitteeDesk.prototype.allows = allows
    Object.assign(Holds.prototype, { add, answerOutside })
  }
}

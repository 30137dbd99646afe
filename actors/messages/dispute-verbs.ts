// What a shard is asked about claims that one node says are false: verbs of the shard's vocabulary.

import { bytes, hex, nothing, optional, str, struct, u53 } from '../../lib/schema.ts'
import { ROLLUP_CHALLENGE_BYTES_MAX } from '../../protocol/params.ts'
import { ask } from '../../runtime/messages.ts'

export const disputeVerbs = {
  /**
   * From a peer that has executed the claim and got something else: the leaves behind its trace
   * root, 64 bytes each, and behind its root of exits, 32 bytes each. It need not be believed:
   * they lead to the roots or they do not. Rate limited. `code`: empty; BUSY; GONE, which is not
   * executed here or too long ago.
   */
  Trace: ask(
    struct({ number: u53, hash: hex(32) }),
    struct({ code: str(64), trace: bytes(16 << 20), exits: bytes(4 << 20) }),
  ),
  /**
   * A final claim that this node has found false, and with which the shard stands still here.
   * `challenge` is what the rollup module's function takes (protocol/rollup/challenge.ts); empty
   * while it is not proved, and `state` says why.
   */
  Dispute: ask(
    nothing,
    optional(
      struct({
        number: u53,
        hash: hex(32),
        sequencer: hex(20),
        /** How it differs from the own execution. */
        code: str(64),
        detail: str(256),
        /** OPENING, PROVED, SENT, WITHHELD. */
        state: str(16),
        /** Of the proof; empty while there is none. */
        kind: str(16),
        challenge: bytes(ROLLUP_CHALLENGE_BYTES_MAX),
      }),
    ),
  ),
}

// Why a light client could not say what was asked: what it was shown does not hold, or the node
// shows nothing that could.

import type { LightRefusal } from '../../protocol/light/light-refusals.ts'
import type { ProofCode } from '../../protocol/trie/trie-proof.ts'

export type LightErrorCode =
  | LightRefusal
  | ProofCode
  /** No answer, or an error of the node's. */
  | 'NODE_FAILED'
  /** The node does not have what is asked for; another may. */
  | 'NODE_LACKS'
  /** An answer that no node following the protocol gives. */
  | 'NODE_LIES'

export class LightError extends Error {
  override readonly name = 'LightError'
  readonly code: LightErrorCode
  constructor(code: LightErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

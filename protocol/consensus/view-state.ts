// What is known of one view, and what we did in it.

import type { Hex } from '../../lib/hex.ts'
import type { BlockNode } from './block-tree.ts'
import type { Certificate } from './certificate.ts'
import type { Proposal } from './consensus-message.ts'
import { VoteBook, type VoteRules } from './vote-book.ts'

export interface ViewState {
  readonly view: number
  readonly book: VoteBook
  proposal: Proposal | undefined
  node: BlockNode | undefined
  notarised: Certificate | undefined
  nullified: Certificate | undefined
  sentNotarize: Hex | undefined
  sentNullify: boolean
  sentFinalize: Hex | undefined
  proposed: boolean
  building: boolean
  /** A transaction came while a block was being built. */
  buildAgain: boolean
  /** What we signed in this view, to be sent again; only what is durable. */
  readonly own: Uint8Array[]
}

export function newView(view: number, rules: VoteRules): ViewState {
  return {
    view,
    book: new VoteBook(rules),
    proposal: undefined,
    node: undefined,
    notarised: undefined,
    nullified: undefined,
    sentNotarize: undefined,
    sentNullify: false,
    sentFinalize: undefined,
    proposed: false,
    building: false,
    buildAgain: false,
    own: [],
  }
}

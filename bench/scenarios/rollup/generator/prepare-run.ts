// What of a run is ready before its clock starts: who sends when, and the ordinary signatures of
// those who will be absent. Bodies are written one submission ahead: they would be gigabytes.

import type { KeyBook } from '../../../../compute/crypto/key-book.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { NOBODY_ABSENT } from '../../../../protocol/rollup/write-body.ts'
import { type Absentees, chooseAbsent, everyPosition, signAbsent } from './absentees.ts'
import { batchShape } from './batch-shape.ts'
import type { RunTerms } from './generator-messages.ts'
import { LoadRun } from './load-run.ts'
import type { SenderBook } from './sender-book.ts'
import { type Spread, Submission } from './submission.ts'

export interface ReadySubmission {
  readonly submission: Submission
  /** Positions in the submission. */
  readonly absent: Uint32Array
  readonly body: Uint8Array
}

export interface PreparedRun {
  readonly run: LoadRun
  next(place: number): ReadySubmission | undefined
}

export interface Signing {
  readonly book: KeyBook
  readonly genesisHash: Hex
  /** Percent. */
  readonly absent: number
  readonly spread?: Spread | undefined
  /** Everybody gives an ordinary signature, not only who will be absent. */
  readonly signsAll?: boolean
}

function seedOf(name: string, place: number): number {
  let seed = 2_166_136_261
  for (let i = 0; i < name.length; i++) seed = Math.imul(seed ^ name.charCodeAt(i), 16_777_619)
  return Math.imul(seed ^ place, 2_654_435_761) >>> 0
}

export async function prepareRun(
  terms: RunTerms,
  senders: SenderBook,
  signing: Signing,
  report: (text: string) => void,
): Promise<PreparedRun> {
  const { accounts } = senders
  const { spread, signsAll = false } = signing
  const shape = batchShape(terms.perSecond, accounts / (spread?.shards ?? 1))
  const run = new LoadRun(terms, shape)
  const { transfers: count } = shape
  const firsts = Array.from({ length: run.submissions }, () => senders.next(count))
  const make = (place: number) => {
    const seed = seedOf(terms.name, place)
    const first = firsts[place] as number
    return new Submission({ first, count, accounts, seed, ...(spread && { spread }) })
  }
  // How often a sender was used before in this run: its nonce, if all of that is executed.
  const isSigned = signing.absent > 0 || signsAll
  const used = new Uint32Array(isSigned ? accounts : 0)
  const absentOf = (place: number) => {
    return chooseAbsent(`${terms.name} ${place}`, count, signing.absent)
  }
  const signed: Absentees[] = []
  for (let place = 0; place < run.submissions && isSigned; place++) {
    const submission = make(place)
    const positions = signsAll ? everyPosition(count) : absentOf(place)
    const nonceOf = (index: number) => (senders.nonces[index] as number) + (used[index] as number)
    signed.push(signAbsent(submission, positions, nonceOf, signing.book, signing.genesisHash))
    for (let i = submission.first; i < submission.first + count; i++) {
      used[i] = (used[i] as number) + 1
    }
    report(`${place + 1} of ${run.submissions} submissions signed`)
    // So that the connections stay alive.
    await new Promise((done) => setImmediate(done))
  }
  const next = (place: number) => {
    const submission = make(place)
    const { first } = submission
    let ready = signed[place] ?? { absent: NOBODY_ABSENT, nonces: new Uint32Array(0) }
    const { positions } = ready.absent
    // Something of a sender was not executed: its signature is over a nonce that will not come.
    const nonceOf = (index: number) => senders.nonces[index] as number
    const isStale = positions.some((p, i) => nonceOf(first + p) !== ready.nonces[i])
    if (isStale) {
      ready = signAbsent(submission, positions, nonceOf, signing.book, signing.genesisHash)
    }
    const absent = signsAll ? absentOf(place) : positions
    return { submission, absent, body: submission.body(ready.absent) }
  }
  return { run, next }
}

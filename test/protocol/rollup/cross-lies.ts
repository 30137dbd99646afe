// Lies about what crosses shards: told of what a sequencer publishes, or by executing other credits
// than were sent.

import type { Prng } from '../../../lib/prng.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { firstTransfer } from '../../../protocol/rollup/entry-counts.ts'
import { encodeOutgoing, readOutgoing } from '../../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { AT, KIND, LEAF_WORDS } from '../../../protocol/rollup/trace.ts'
import { copyLeaf, flip, type Mutable } from './fraud-lies.ts'
import type { World } from './fraud-world.ts'

export const CROSS_LIES = [
  'credit word',
  'credits swapped',
  'credit returned though there',
  'credit paid though nobody is there',
  'outbox word',
  'outbox leaf',
  'outbox leaf left out',
  'outbox leaf added',
  'outbox amount',
  'outbox left out',
  'outbox for another shard',
] as const

/** Positions of the claim's credits in its trace. */
function creditsIn({ claims, batches }: World, at: number): number[] {
  const first = firstTransfer(claims[at] as Claim)
  const parcels = batches[at]?.parcels ?? []
  const count = parcels.reduce((sum, { leaves }) => sum + leaves.length / 8, 0)
  return Array.from({ length: count }, (_, i) => first - count + i)
}

function falseCredit(world: World, what: string, at: number, random: Prng): boolean {
  const { trace } = world.batches[at] as World['batches'][number]
  const kindOf = (position: number) => trace[position * LEAF_WORDS] as number
  const wanted = what.includes('returned') ? KIND.parcel : KIND.parcelReturned
  const isAny = what === 'credit word' || what === 'credits swapped'
  const list = creditsIn(world, at).filter((one) => isAny || kindOf(one) === wanted)
  if (list.length < (what === 'credits swapped' ? 2 : 1)) return false
  const start = (list[random.below(list.length)] as number) * LEAF_WORDS
  if (what === 'credit word') return flip(random, trace, start + random.below(LEAF_WORDS))
  if (what === 'credits swapped') {
    const [a, b] = [(list[0] as number) * LEAF_WORDS, (list.at(-1) as number) * LEAF_WORDS]
    const [one, other] = [a, b].map((from) => trace.slice(from, from + LEAF_WORDS))
    trace.set(other as Uint32Array, a)
    trace.set(one as Uint32Array, b)
    return one?.join() !== other?.join()
  }
  const isReturned = wanted === KIND.parcel
  trace[start] = isReturned ? KIND.parcelReturned : KIND.parcel
  trace.fill(0, start + AT.toNonce, start + LEAF_WORDS)
  if (!isReturned) trace[start + AT.toTouch] = 1
  return true
}

function falseOutbox(world: World, what: string, at: number, random: Prng): boolean {
  const batch = world.batches[at] as World['batches'][number]
  const claim = world.claims[at] as Mutable<Claim>
  const { outbox } = batch
  const shards = [...outbox.keys()]
  if (shards.length === 0) return false
  const shard = shards[random.below(shards.length)] as number
  const leaves = outbox.get(shard) as Uint32Array
  const count = leaves.length / 8
  switch (what) {
    case 'outbox word':
      return flip(random, leaves, random.below(leaves.length))
    case 'outbox leaf':
      return copyLeaf(random, leaves, 8)
    case 'outbox leaf left out': {
      const out = random.below(count)
      const kept = leaves.filter((_, i) => i >> 3 !== out)
      if (kept.length > 0) outbox.set(shard, kept)
      return kept.length > 0
    }
    case 'outbox leaf added': {
      const last = readOutgoing(leaves, count - 1)
      const more = random.chance(0.5) ? { entry: last.entry + 1 } : { from: last.from + 1 }
      const total = last.total + last.amount
      const added = encodeOutgoing({ ...last, ...more, total })
      outbox.set(shard, Uint32Array.from([...leaves, ...new Uint32Array(added.buffer)]))
      return true
    }
    case 'outbox amount':
      claim.outbox = claim.outbox.map((one) =>
        one.shard === shard ? { ...one, amount: one.amount + 1n } : one,
      )
      return true
    case 'outbox left out':
      outbox.delete(shard)
      claim.outbox = claim.outbox.filter((one) => one.shard !== shard)
      return true
    default: {
      const other = 3 - shard
      if (outbox.has(other)) return false
      outbox.delete(shard)
      outbox.set(other, leaves)
      claim.outbox = claim.outbox.map((one) => ({ ...one, shard: other }))
      return true
    }
  }
}

/** Tells the lie in claim `at`; false where there is nothing to lie about. */
export function crossLie(world: World, what: string, at: number, random: Prng): boolean {
  const tell = what.startsWith('credit') ? falseCredit : falseOutbox
  return tell(world, what, at, random)
}

const withLeaf = (parcel: Parcel, change: (words: Uint32Array) => void): Parcel => {
  const leaves = parcel.leaves.slice()
  change(leaves)
  return { ...parcel, leaves }
}

/** What a sequencer executes in place of the parcels that it says it consumes, by what it changes. */
export const FORGERIES: Record<string, (parcels: readonly Parcel[]) => Parcel[] | undefined> = {
  'another amount': ([first, ...rest]) =>
    first && [withLeaf(first, (words) => words.set([1 + (words[2] as number)], 2)), ...rest],
  'another receiver': ([first, ...rest]) =>
    first && [withLeaf(first, (words) => words.set([(words[1] as number) ^ 1], 1)), ...rest],
  'another payer': ([first, ...rest]) =>
    first && [withLeaf(first, (words) => words.set([(words[0] as number) + 7], 0)), ...rest],
  'another order of credits': ([first, ...rest]) => {
    if (!first || first.leaves.length < 16) return undefined
    const last = first.leaves.slice(-8)
    const rotated = Uint32Array.from([...last, ...first.leaves.slice(0, -8)])
    const isSame = rotated.every((word, i) => i % 8 > 3 || word === first.leaves[i])
    return isSame ? undefined : [{ ...first, leaves: rotated }, ...rest]
  },
  'another order of parcels': ([first, second, ...rest]) =>
    first && second && [second, first, ...rest],
  'a parcel twice': ([first, ...rest]) => first && [first, first, ...rest],
  'a parcel left out': ([first, ...rest]) => first && rest,
  'a credit twice': ([first, ...rest]) =>
    first && [
      { ...first, leaves: Uint32Array.from([...first.leaves, ...first.leaves.slice(-8)]) },
      ...rest,
    ],
  'a credit left out': ([first, ...rest]) =>
    first && [{ ...first, leaves: first.leaves.slice(8) }, ...rest],
}

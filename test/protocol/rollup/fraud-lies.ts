// Lies about one shard: a word changed in what stands behind a commitment, which is then made anew,
// so that only the content is false.

import type { Prng } from '../../../lib/prng.ts'
import { type Claim, NO_LIMIT } from '../../../protocol/rollup/claim.ts'
import { KIND, LEAF_WORDS } from '../../../protocol/rollup/trace.ts'
import type { World } from './fraud-world.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const flip = (random: Prng, words: Uint32Array, at: number) => {
  const word = words[at] as number
  const change = random.chance(0.5) ? word + 1 : word ^ (1 << random.below(32))
  words[at] = change
  return true
}

/** Another random entry of `words` in place of the one at `to`: plausible, and wrong. */
export function copyLeaf(random: Prng, words: Uint32Array, size: number): boolean {
  const count = words.length / size
  if (count < 2) return false
  const [from, to] = [random.below(count), random.below(count)]
  const old = words.slice(to * size, (to + 1) * size).join()
  words.copyWithin(to * size, from * size, (from + 1) * size)
  return words.slice(to * size, (to + 1) * size).join() !== old
}

/** Some entry knows nothing of an earlier one that credited the same account. */
function skipTouch(trace: Uint32Array): boolean {
  const receiver = (at: number) => trace[at + 3] as number
  for (let later = trace.length - LEAF_WORDS; later > 0; later -= LEAF_WORDS) {
    if (receiver(later) === trace[later + 2] || receiver(later) > 2 ** 24) continue
    for (let earlier = later - LEAF_WORDS; earlier >= 0; earlier -= LEAF_WORDS) {
      if (receiver(earlier) !== receiver(later)) continue
      if (trace[earlier] === KIND.register || trace[earlier] === KIND.forceVoid) continue
      const old = trace.slice(later + 11, later + 16).join()
      trace.copyWithin(later + 11, earlier + 11, earlier + 16)
      if (trace.slice(later + 11, later + 16).join() !== old) return true
    }
  }
  return false
}

export const LIES = [
  'trace word',
  'trace leaf',
  'skipped touch',
  'transfer word',
  'transfer leaf',
  'operation word',
  'operation leaf',
  'operation kinds',
  'deadline',
  'exit word',
  'exit left out',
  'exit added',
  'record word',
  'record as before',
  'record of another',
  'size',
  'number in the root',
  'depth in the root',
  'supply',
  'fee',
  'count',
] as const

/** Tells the lie in the last claim, or in claim `at`; false where there is nothing to lie about. */
export function lie(world: World, what: (typeof LIES)[number], at: number, random: Prng): boolean {
  const batch = world.batches[at] as World['batches'][number]
  const claim = world.claims[at] as Mutable<Claim>
  const { table } = world.after
  const slots = Math.min(table.used, 300)
  switch (what) {
    case 'trace word':
      return batch.trace.length > 0 && flip(random, batch.trace, random.below(batch.trace.length))
    case 'trace leaf':
      return copyLeaf(random, batch.trace, LEAF_WORDS)
    case 'skipped touch':
      return skipTouch(batch.trace)
    case 'transfer word':
      if (batch.transfers.length === 0) return false
      return flip(random, batch.transfers, random.below(batch.transfers.length))
    case 'transfer leaf':
      return copyLeaf(random, batch.transfers, 8)
    case 'operation word': {
      // What the hashes say is not executed: it is for who signed.
      const count = batch.operations.length / 16
      if (count === 0) return false
      return flip(random, batch.operations, 16 * random.below(count) + random.below(8))
    }
    case 'operation leaf':
      return copyLeaf(random, batch.operations, 16)
    case 'operation kinds':
      if (claim.settles === 0) return false
      claim.settles--
      claim.refunds += 2
      return true
    case 'deadline':
      if (claim.notBefore > 0 && random.chance(0.5)) claim.notBefore--
      else if (claim.settles > 0) claim.notAfter = NO_LIMIT
      else return false
      return true
    case 'exit word':
      return batch.exits.length > 0 && flip(random, batch.exits, random.below(batch.exits.length))
    case 'exit left out': {
      if (batch.exits.length === 0) return false
      const out = random.below(batch.exits.length / 8)
      batch.exits = batch.exits.filter((_, i) => i >> 3 !== out)
      claim.exits--
      return true
    }
    case 'exit added': {
      const copied = batch.exits.slice(-8)
      const added = copied.length > 0 ? copied : new Uint32Array(8).fill(claim.firstEntry)
      batch.exits = Uint32Array.from([...batch.exits, ...added])
      claim.exits++
      return true
    }
    case 'record word':
      return flip(random, table.words, random.below(8 * slots))
    case 'record as before': {
      const changed = Array.from({ length: slots }, (_, slot) => slot).filter(
        (slot) => table.touchOf(slot) !== world.before.touchOf(slot),
      )
      if (changed.length === 0) return false
      const slot = changed[random.below(changed.length)] as number
      table.words.set(new Uint32Array(world.before.recordOf(slot).buffer), slot * 8)
      return true
    }
    case 'record of another': {
      const used = Array.from({ length: slots }, (_, i) => i).filter((i) => table.isRegistered(i))
      const from = used[random.below(used.length)] ?? 0
      const to = random.below(slots)
      const old = table.recordOf(to).join()
      table.words.copyWithin(to * 8, from * 8, from * 8 + 8)
      return table.recordOf(to).join() !== old
    }
    case 'size': {
      const isSmaller = table.depth > 12 && random.chance(0.5)
      if (!isSmaller) table.growFor(2 ** table.depth)
      table.used = isSmaller ? 2 ** (table.depth - 1) : 2 ** table.depth + 1
      const words = new Uint32Array(world.after.meta.buffer)
      words[0] = table.depth
      return true
    }
    case 'number in the root':
      return flip(random, new Uint32Array(world.after.meta.buffer), random.below(16))
    case 'depth in the root':
      new Uint32Array(world.after.meta.buffer)[0] = table.depth + (random.chance(0.5) ? 1 : -1)
      return true
    case 'supply':
      claim.supply += BigInt(1 + random.below(5))
      return true
    case 'fee':
      // Where nobody pays it, any fee is true.
      if (claim.transfers === 0) return false
      claim.fee++
      return true
    case 'count':
      claim.entries = Math.max(0, claim.entries - 1)
      return batch.trace.length > 0
  }
}

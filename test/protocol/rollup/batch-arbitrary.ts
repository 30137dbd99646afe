// Random bodies of batches, of every shape that the form allows.

import fc from 'fast-check'
import { type Prng, prng } from '../../../lib/prng.ts'
import { OPERATION_LOCK, type Operation } from '../../../protocol/rollup/operations.ts'
import {
  type BodyParts,
  NOBODY_ABSENT,
  type SectionParts,
} from '../../../protocol/rollup/write-body.ts'
import { operationParts } from './operation-parts.ts'

const u32 = (random: Prng) => random.below(2 ** 32)
const column = (random: Prng, count: number) =>
  Uint32Array.from({ length: count }, () => u32(random))

function dense(random: Prng, cohort: number): SectionParts {
  const isFull = random.chance(0.1)
  const present = new Uint8Array(512)
  let count = isFull ? 4096 : 0
  const wanted = 1 + random.below(40)
  for (let i = 0; !isFull && i < wanted; i++) {
    const member = random.below(4096)
    const bit = 1 << (member & 7)
    if (((present[member >> 3] as number) & bit) === 0) count++
    present[member >> 3] = (present[member >> 3] as number) | bit
  }
  const [to, amount] = [column(random, count), column(random, count)]
  return { kind: 'dense', cohort, present: isFull ? undefined : present, to, amount }
}

function sparse(random: Prng, cohorts: ReadonlySet<number>): SectionParts {
  const from = new Set<number>()
  for (let i = 1 + random.below(30); i > 0; i--) {
    const index = random.below(2 ** 24)
    if (!cohorts.has(index >>> 12)) from.add(index)
  }
  const rising = Uint32Array.from([...from].sort((a, b) => a - b))
  const { length } = rising
  return {
    kind: 'sparse',
    from: rising,
    to: column(random, length),
    amountLo: column(random, length),
    amountHi: column(random, length),
  }
}

function randomOperations(random: Prng): Operation[] {
  if (random.chance(0.4)) return []
  return Array.from({ length: random.below(6) }, () => {
    const index = () => random.below(2 ** 24 - 1)
    const from = index()
    const kind = 1 + random.below(3)
    const amount = BigInt(1 + u32(random)) * BigInt(1 + u32(random))
    const use = kind === OPERATION_LOCK ? u32(random) : 0
    const parties = { party: index(), from, to: index() === from ? from + 1 : index() }
    return { kind, ...parties, nonce: u32(random), amount, deadline: u32(random), use }
  })
}

export function randomParts(seed: string): BodyParts {
  const random = prng(seed)
  const cohorts = new Set<number>()
  for (let i = random.below(4); i > 0; i--) cohorts.add(random.below(4096))
  const sections = [...cohorts].sort((a, b) => a - b).map((cohort) => dense(random, cohort))
  if (random.chance(0.7)) {
    const section = sparse(random, cohorts)
    if (section.to.length > 0) sections.push(section)
  }
  const transfers = sections.reduce((sum, section) => sum + section.to.length, 0)
  const share = random.chance(0.2) ? 1 : random.unit() * 0.2
  const positions = Uint32Array.from(
    Array.from({ length: transfers }, (_, i) => i).filter(() => random.chance(share)),
  )
  const { length } = positions
  const absent = {
    positions,
    maxFees: column(random, length),
    notAfters: column(random, length),
    signatures: Uint8Array.from({ length: 64 * length }, () => random.below(256)),
  }
  const isSigned = length < transfers
  return {
    shard: random.below(64),
    number: 1 + random.below(2 ** 32) * 2 ** random.below(20),
    signature: new Uint8Array(96).fill(isSigned ? 1 + random.below(255) : 0),
    sections,
    operations: operationParts(randomOperations(random)),
    absent: length === 0 ? NOBODY_ABSENT : absent,
  }
}

export const bodyParts: fc.Arbitrary<BodyParts> = fc
  .string({ minLength: 8, maxLength: 8 })
  .map(randomParts)

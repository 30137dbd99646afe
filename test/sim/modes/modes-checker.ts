// Watches every message and every final block: one final block per height, no honest key ever
// contradicts itself, whoever does can be proved guilty by the rules of the stake module, and when
// a fork does appear, who is to blame for it.

import type { Hex } from '../../../lib/hex.ts'
import { readBlockNode } from '../../../protocol/consensus/block-tree.ts'
import type { ConsensusMessage } from '../../../protocol/consensus/consensus-message.ts'
import {
  CHECKPOINT,
  type ChainIdentity,
  FINALIZE,
  NOTARIZE,
  NULLIFY,
  PROPOSE,
  type Vote,
} from '../../../protocol/consensus/vote.ts'
import type { Bls } from '../../../protocol/crypto/signatures.ts'
import {
  type Evidence,
  encodeEvidence,
  isSigned,
  makeEvidence,
  readEvidence,
  type SignedMessage,
} from '../../../protocol/staking/evidence.ts'
import type { StoredBlock } from './member-disk.ts'

const RULE_OF = { [NOTARIZE]: 'E1', [FINALIZE]: 'E2', [CHECKPOINT]: 'E5' } as const

/** Whom the words are from that the checker hears. */
export interface Speakers {
  isLiar(name: string): boolean
  keyOf(name: string): Hex
  nameOf(blsPublicKey: Hex): string
  readonly chain: ChainIdentity
  readonly bls: Bls
}

interface Said {
  readonly author: string
  readonly epoch: number
  readonly view: number
  readonly signed: SignedMessage
}

export class ModesChecker {
  readonly violations: string[] = []
  /** Names of those that contradicted themselves, with the rules that they broke. */
  readonly culprits = new Map<string, Set<string>>()
  private readonly said = new Map<string, { readonly value: string; readonly by: Said }>()
  private readonly blocks = new Map<number, Hex>()
  private readonly speakers: Speakers
  private forked = false

  constructor(speakers: Speakers) {
    this.speakers = speakers
  }

  /** A message as its author sends it. Passed-on messages are their authors' as well. */
  see(author: string, message: ConsensusMessage): void {
    if (message.type === 'vote') this.vote(author, message.vote)
    else if (message.type === 'propose') {
      const { epoch, view, block, signature } = message.proposal
      const hash = readBlockNode(block)?.hash
      if (!hash) return
      const signed = { kind: PROPOSE, hash, signature } as const
      const by = { author, epoch, view, signed }
      this.once(`${author} proposes in ${epoch}/${view}`, hash, by, 'E4')
    }
  }

  private vote(author: string, { kind, epoch, view, blockHash, signature }: Vote): void {
    const place = `${epoch}/${view}`
    const by = { author, epoch, view, signed: { kind, hash: blockHash, signature } }
    if (kind !== NULLIFY) {
      this.once(`${author} signs ${kind} in ${place}`, blockHash, by, RULE_OF[kind])
    }
    if (kind === FINALIZE || kind === NULLIFY) {
      const which = kind === FINALIZE ? 'finalizes' : 'nullifies'
      this.once(`${author} ends ${place}`, which, by, 'E3')
    }
  }

  private once(what: string, value: string, by: Said, rule: string): void {
    const known = this.said.get(what)
    if (known === undefined) this.said.set(what, { value, by })
    else if (known.value !== value) {
      const { author } = by
      const rules = this.culprits.get(author) ?? new Set()
      this.culprits.set(author, rules.add(rule))
      if (!this.speakers.isLiar(author)) {
        this.violations.push(`equivocation: ${what}: ${known.value} and ${value}`)
      }
      if (!this.isProvable(known.by, by, rule)) {
        this.violations.push(`unprovable: ${what}: ${known.value} and ${value}`)
      }
    }
  }

  /** From the two messages alone, as the stake module reads it. */
  private isProvable(one: Said, other: Said, rule: string): boolean {
    const { author, epoch, view } = one
    const about = { blsPublicKey: this.speakers.keyOf(author), epoch, view }
    const made = makeEvidence(about, [one.signed, other.signed])
    const read = made && readEvidence(encodeEvidence(made))
    if (!read || typeof read === 'string' || `E${read.rule}` !== rule) return false
    return isSigned(read, this.speakers.chain, this.speakers.bls)
  }

  /** What some honest one holds against another: it must stand, and be against a liar. */
  proved(evidence: Evidence): void {
    const { isLiar, nameOf, chain, bls } = this.speakers
    const name = nameOf(evidence.blsPublicKey)
    const read = readEvidence(encodeEvidence(evidence))
    const stands = typeof read !== 'string' && isSigned(read, chain, bls)
    if (!stands) this.violations.push(`unprovable: E${evidence.rule} against ${name}`)
    else if (!isLiar(name)) this.violations.push(`accused: E${evidence.rule} against ${name}`)
  }

  finalised(name: string, { hash, state }: StoredBlock): void {
    if (this.speakers.isLiar(name)) return
    const { height } = state
    const known = this.blocks.get(height)
    if (known === undefined) this.blocks.set(height, hash)
    else if (known !== hash && !this.forked) {
      this.forked = true
      this.violations.push(`fork: ${name} has ${hash} at ${height}, another has ${known}`)
    }
  }

  /** After a fork: everybody who can be proved guilty of it, and nobody else. */
  blame(): string {
    const breaks = [...this.culprits].filter(([, rules]) => !(rules.size === 1 && rules.has('E4')))
    const names = breaks.map(([name, rules]) => `${name} (${[...rules].sort().join(' ')})`).sort()
    return `culprits: ${names.length > 0 ? names.join(', ') : 'none found'}`
  }

  get hasForked(): boolean {
    return this.forked
  }

  digest(): string {
    return [...this.blocks].map(([height, hash]) => `${height}:${hash.slice(2, 8)}`).join(' ')
  }
}

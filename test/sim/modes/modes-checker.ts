// Watches every message and every final block: one final block per height, no honest key ever
// contradicts itself, and when a fork does appear, who is to blame for it.

import type { Hex } from '../../../lib/hex.ts'
import { readBlockNode } from '../../../protocol/consensus/block-tree.ts'
import type { ConsensusMessage } from '../../../protocol/consensus/consensus-message.ts'
import {
  CHECKPOINT,
  FINALIZE,
  NOTARIZE,
  NULLIFY,
  type Vote,
} from '../../../protocol/consensus/vote.ts'
import type { StoredBlock } from './member.ts'

const RULE_OF = { [NOTARIZE]: 'E1', [FINALIZE]: 'E2', [CHECKPOINT]: 'E5' } as const

export class ModesChecker {
  readonly violations: string[] = []
  /** Names of those that contradicted themselves, with the rules that they broke. */
  readonly culprits = new Map<string, Set<string>>()
  private readonly said = new Map<string, string>()
  private readonly blocks = new Map<number, Hex>()
  private readonly isLiar: (name: string) => boolean
  private forked = false

  constructor(isLiar: (name: string) => boolean) {
    this.isLiar = isLiar
  }

  /** A message as its author sends it. Passed-on messages are their authors' as well. */
  see(author: string, message: ConsensusMessage): void {
    if (message.type === 'vote') this.vote(author, message.vote)
    else if (message.type === 'propose') {
      const { epoch, view, block } = message.proposal
      const hash = readBlockNode(block)?.hash
      if (hash) this.once(author, `${author} proposes in ${epoch}/${view}`, hash, 'E4')
    }
  }

  private vote(author: string, { kind, epoch, view, blockHash }: Vote): void {
    const place = `${epoch}/${view}`
    if (kind !== NULLIFY) {
      this.once(author, `${author} signs ${kind} in ${place}`, blockHash, RULE_OF[kind])
    }
    if (kind === FINALIZE || kind === NULLIFY) {
      const which = kind === FINALIZE ? 'finalizes' : 'nullifies'
      this.once(author, `${author} ends ${place}`, which, 'E3')
    }
  }

  private once(author: string, what: string, value: string, rule: string): void {
    const known = this.said.get(what)
    if (known === undefined) this.said.set(what, value)
    else if (known !== value) {
      const rules = this.culprits.get(author) ?? new Set()
      this.culprits.set(author, rules.add(rule))
      if (!this.isLiar(author)) this.violations.push(`equivocation: ${what}: ${known} and ${value}`)
    }
  }

  finalised(name: string, { hash, state }: StoredBlock): void {
    if (this.isLiar(name)) return
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

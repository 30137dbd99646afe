// The wires of a run: the manifest's own, and the faults that last at the moment on top of them.

import { linkTable, type WireRule } from '../lab/link-table.ts'
import type { Manifest } from '../manifest/manifest-schema.ts'
import { nodeNames } from '../manifest/manifest-topology.ts'

export class WireBoard {
  readonly names: readonly string[]
  private readonly base: readonly WireRule[]
  private readonly active = new Set<readonly WireRule[]>()
  private readonly set: (rules: readonly WireRule[]) => void

  /** `set` puts rules into force. */
  constructor(manifest: Manifest, set: (rules: readonly WireRule[]) => void) {
    const names = nodeNames(manifest)
    this.names = names
    this.set = set
    this.base = [
      { from: names, to: names, ...manifest.network },
      ...manifest.links.flatMap(({ from, to, ...wire }) => [
        { from, to, ...wire },
        { from: to, to: from, ...wire },
      ]),
    ]
    this.apply()
  }

  add(rules: readonly WireRule[]): void {
    this.active.add(rules)
    this.apply()
  }

  remove(rules: readonly WireRule[]): void {
    this.active.delete(rules)
    this.apply()
  }

  private apply(): void {
    this.set([...this.base, ...[...this.active].flat()])
  }

  /** As the switch reads it now: for tests and for whoever looks. */
  get table(): string {
    return linkTable(this.names, [...this.base, ...[...this.active].flat()])
  }
}

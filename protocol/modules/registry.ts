// The modules of a chain by address.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Module } from './module.ts'

export type Modules = ReadonlyMap<Hex, Module>

export function moduleRegistry(...modules: Module[]): Modules {
  const registry = new Map<Hex, Module>()
  for (const module of modules) {
    assert(!registry.has(module.address), `two modules at ${module.address}`)
    registry.set(module.address, module)
  }
  return registry
}

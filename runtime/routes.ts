// Where messages go: the actors of this host by kind and key, and a memory of where every other
// target is placed, so that sending builds no text and asks placement once.

import { ROUTES_CACHED_MAX } from '../config/limits.ts'
import type { Cell } from './cell.ts'
import { type Ref, ref } from './ref.ts'

/** The way to one target, kept up to date as its actor comes and goes. */
export interface Route {
  readonly to: Ref
  /** The host where the target is placed. */
  readonly host: string
  /** The actor, when it is placed and runs here. */
  cell: Cell | undefined
  /** False once placement has changed, or the memory was full: look again. */
  valid: boolean
}

export class Routes {
  private readonly here: string
  private readonly place: (kind: string, key: string) => string
  private readonly cells = new Map<string, Map<string, Cell>>()
  private readonly known = new Map<string, Map<string, Route>>()
  private knownCount = 0
  /** The kind that was asked for last: who tells many tells many of one kind. */
  private lastKind = ''
  private lastRoutes: Map<string, Route> | undefined = undefined

  constructor(here: string, place: (kind: string, key: string) => string) {
    this.here = here
    this.place = place
  }

  cell(kind: string, key: string): Cell | undefined {
    return this.cells.get(kind)?.get(key)
  }

  *all(): Iterable<Cell> {
    for (const cells of this.cells.values()) yield* cells.values()
  }

  get actorCount(): number {
    let sum = 0
    for (const cells of this.cells.values()) sum += cells.size
    return sum
  }

  add(cell: Cell): void {
    const { kind, key } = cell.ref
    let cells = this.cells.get(kind)
    if (!cells) {
      cells = new Map()
      this.cells.set(kind, cells)
    }
    cells.set(key, cell)
    const route = this.known.get(kind)?.get(key)
    if (route && route.host === this.here) route.cell = cell
  }

  remove(cell: Cell): void {
    const { kind, key } = cell.ref
    this.cells.get(kind)?.delete(key)
    const route = this.known.get(kind)?.get(key)
    if (route) route.cell = undefined
  }

  find(kind: string, key: string): Route {
    if (kind !== this.lastKind) {
      this.lastRoutes = this.known.get(kind)
      this.lastKind = kind
    }
    return this.lastRoutes?.get(key) ?? this.learn(kind, key)
  }

  /** Placement changed, or there are too many: everything is asked for again. */
  forget(): void {
    for (const routes of this.known.values()) {
      for (const route of routes.values()) route.valid = false
    }
    this.known.clear()
    this.knownCount = 0
    this.lastRoutes = undefined
    this.lastKind = ''
  }

  private learn(kind: string, key: string): Route {
    if (this.knownCount >= ROUTES_CACHED_MAX) this.forget()
    const host = this.place(kind, key)
    const cell = host === this.here ? this.cell(kind, key) : undefined
    const route: Route = { to: cell ? cell.ref : ref(kind, key), host, cell, valid: true }
    let routes = this.known.get(kind)
    if (!routes) {
      routes = new Map()
      this.known.set(kind, routes)
      this.lastKind = ''
    }
    routes.set(key, route)
    this.knownCount++
    return route
  }
}

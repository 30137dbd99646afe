// Actors that live once in a cluster, on the member that rendezvous hashing names. When the members
// change, an actor stops at its old owner, what it committed is in the store, and only then does
// the new owner start it, with the epoch as its fence. A new owner waits for that; not if the old
// one is no member any more, and not for ever: the fence keeps a silent owner from writing.

import { HANDOFF_WAIT_MS } from '../../config/limits.ts'
import { actor } from '../actor.ts'
import type { MessageEnvelope } from '../envelope.ts'
import type { Host } from '../host.ts'
import type { Vocabulary } from '../messages.ts'
import { type Ref, refText } from '../ref.ts'
import type { Store } from '../store.ts'
import { FencedStore, type Owner } from './fenced-store.ts'
import { PlacementMessages } from './placement-messages.ts'
import { rendezvous } from './rendezvous.ts'
import type { View } from './view.ts'
import { WaitingMessages } from './waiting-messages.ts'

export interface HandoffOptions {
  /** Every actor that is placed like this. */
  readonly actors: readonly Ref[]
  /** Their words, also where they do not run yet. */
  readonly vocabularies: readonly Vocabulary[]
  /** The hosts that may run actors of a kind, given the members. */
  readonly candidates: (kind: string, members: readonly string[]) => readonly string[]
  /** The member that a host belongs to. */
  readonly memberOf: (host: string) => string
  readonly storeFor: (target: Ref) => Store
  /** Starts the actor as a root of the host. */
  readonly start: (host: Host, target: Ref) => void
  readonly view: View
}

type Hold =
  | { readonly state: 'waiting'; readonly cancel: () => void }
  | { readonly state: 'taking' | 'running'; readonly owner: Owner }
  | { readonly state: 'releasing' }

export class Handoff {
  private readonly options: HandoffOptions
  private readonly holds = new Map<string, Hold>()
  /** Released to us under a view that we have not heard of yet. */
  private readonly early = new Map<string, number>()
  private readonly waiting = new WaitingMessages()
  private host: Host | undefined
  private current: View

  constructor(options: HandoffOptions) {
    this.options = options
    this.current = options.view
  }

  get view(): View {
    return this.current
  }

  /** For the host's `place`; undefined for actors that are not placed like this, or nowhere. */
  placeOf(kind: string, key: string): string | undefined {
    if (kind === PlacementMessages.kind) return key
    if (!this.options.actors.some((one) => one.kind === kind && one.key === key)) return undefined
    return this.ownerIn(this.current, { kind, key })
  }

  /** For the host's `storeFor`: as the owner that this host is. */
  storeFor(target: Ref): Store {
    const hold = this.holds.get(refText(target))
    const owner = hold && 'owner' in hold ? hold.owner : { fence: 0 }
    const store = this.options.storeFor(target)
    return new FencedStore(store, target, owner, () => this.superseded(target, owner))
  }

  /** For the host's `absent`: keeps a message for an actor that is about to start here. */
  absent(message: MessageEnvelope): boolean {
    const hold = this.holds.get(refText(message.to))
    if (hold?.state !== 'waiting' && hold?.state !== 'taking') return false
    return this.waiting.keep(refText(message.to), message)
  }

  /** Starts what belongs here under the first view. */
  begin(host: Host): void {
    this.host = host
    for (const words of this.options.vocabularies) host.vocabularies.set(words.kind, words)
    const members = (view: View) => this.members(view)
    const released = ({ kind, key, view }: { kind: string; key: string; view: View }) =>
      this.released({ kind, key }, view)
    const listener = actor({
      messages: PlacementMessages,
      restart: 'permanent',
      mailbox: { capacity: 1024, overflow: 'reject' },
      setup: () => ({ Members: members, Released: released }),
    })
    host.spawn(listener, host.name, null)
    for (const target of this.options.actors) {
      if (this.ownerIn(this.current, target) === host.name) this.take(target)
    }
  }

  /** The members changed. An older view than the present one says nothing. */
  members(view: View): void {
    if (view.epoch <= this.current.epoch) return
    const before = this.current
    this.current = view
    this.host?.placementChanged()
    for (const target of this.options.actors) this.moved(target, before)
  }

  private ownerIn({ members }: View, target: Ref): string | undefined {
    const hosts = this.options.candidates(target.kind, members)
    return hosts.length > 0 ? rendezvous(refText(target), hosts) : undefined
  }

  private moved(target: Ref, before: View): void {
    const id = refText(target)
    const hold = this.holds.get(id)
    const isOurs = this.ownerIn(this.current, target) === this.host?.name
    if (!isOurs) {
      this.early.delete(id)
      if (hold?.state === 'running') this.release(target)
      else if (hold?.state === 'waiting') this.giveUp(target, hold.cancel)
      return
    }
    if (hold?.state === 'running') this.renew(target, hold.owner)
    if (hold && hold.state !== 'waiting') return
    const owner = this.ownerIn(before, target)
    const lost = owner === undefined || !this.isMember(owner)
    const released = (this.early.get(id) ?? 0) >= this.current.epoch
    this.early.delete(id)
    if (lost || released) this.take(target)
    else if (!hold) this.wait(target)
  }

  private isMember(host: string): boolean {
    return this.current.members.includes(this.options.memberOf(host))
  }

  private wait(target: Ref): void {
    const cancel = this.host?.options.clock.after(HANDOFF_WAIT_MS, () => {
      this.host?.log('warn', target, 'the former owner is silent: taken over')
      this.take(target)
    })
    this.holds.set(refText(target), { state: 'waiting', cancel: cancel ?? (() => {}) })
  }

  /** We waited for it, and it belongs to somebody else now. */
  private giveUp(target: Ref, cancel: () => void): void {
    cancel()
    this.holds.delete(refText(target))
    this.refuseWaiting(target)
  }

  /** Writes our fence, which locks out all owners before us, then starts the actor. */
  private take(target: Ref): void {
    const { host } = this
    const id = refText(target)
    const hold = this.holds.get(id)
    if (!host || hold?.state === 'taking' || hold?.state === 'running') return
    if (hold?.state === 'waiting') hold.cancel()
    const owner = { fence: this.current.epoch }
    const taken = { state: 'taking', owner } as const
    this.holds.set(id, taken)
    const store = new FencedStore(this.options.storeFor(target), target, owner)
    store.take((error) => {
      if (this.holds.get(id) !== taken) return
      const isOurs = this.ownerIn(this.current, target) === host.name
      if (error || !isOurs) {
        this.holds.delete(id)
        // Refused under a view that has passed meanwhile; under the present one it is ours.
        if (isOurs && owner.fence < this.current.epoch) {
          this.take(target)
          return
        }
        this.refuseWaiting(target)
        if (error) host.log('warn', target, 'not taken over', { error: error.message })
        else this.tellReleased(target)
        return
      }
      this.holds.set(id, { state: 'running', owner })
      this.options.start(host, target)
      for (const message of this.waiting.take(id)) host.deliver(message)
      if (owner.fence < this.current.epoch) this.renew(target, owner)
    })
  }

  /**
   * Still ours under newer members. Others may have had it in between, or may be about to take it
   * for a view that is past: the first ends our incarnation, the second finds the larger number.
   */
  private renew(target: Ref, owner: Owner): void {
    const store = new FencedStore(this.options.storeFor(target), target, owner)
    store.raise(this.current.epoch, (error) => {
      if (error) this.superseded(target, owner)
    })
  }

  /** Stops it; when all that it committed is in the store, the new owner may start it. */
  private release(target: Ref): void {
    const { host } = this
    const id = refText(target)
    if (!host) return
    const store = this.storeFor(target)
    this.stop(target)
    this.holds.set(id, { state: 'releasing' })
    // Commits end in the order in which they were begun: this one is the last.
    store.commit([], () => {
      this.holds.delete(id)
      if (this.ownerIn(this.current, target) === host.name) this.take(target)
      else this.tellReleased(target)
    })
  }

  /** A commit was refused: somebody else had it since. If it is ours by now, it starts anew. */
  private superseded(target: Ref, owner: Owner): void {
    const id = refText(target)
    const hold = this.holds.get(id)
    if (hold?.state !== 'running' || hold.owner !== owner) return
    const { fence } = owner
    this.host?.log('warn', target, 'another owner has taken over: stopped', { fence })
    this.stop(target)
    this.holds.delete(id)
    if (this.ownerIn(this.current, target) === this.host?.name && fence < this.current.epoch) {
      this.take(target)
    }
  }

  private stop(target: Ref): void {
    const cell = this.host?.cellOf(target)
    if (cell) this.host?.supervisor.stop(cell, 'stopped')
  }

  private tellReleased(target: Ref): void {
    const owner = this.ownerIn(this.current, target)
    if (owner === undefined || !this.host) return
    const { kind, key } = target
    this.host.edge.tell(PlacementMessages, owner, 'Released', { kind, key, view: this.current })
  }

  private released(target: Ref, view: View): void {
    const id = refText(target)
    if (view.epoch > this.current.epoch) this.early.set(id, view.epoch)
    this.members(view)
    if (this.ownerIn(this.current, target) === this.host?.name) this.take(target)
    // Its sender did not know the newest members.
    else if (view.epoch < this.current.epoch) this.tellReleased(target)
  }

  private refuseWaiting(target: Ref): void {
    const owner = this.ownerIn(this.current, target) ?? 'nowhere'
    for (const message of this.waiting.take(refText(target))) {
      this.host?.refuse(message, 'no-such-actor', `it moved to ${owner}`)
    }
  }
}

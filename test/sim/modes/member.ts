// One simulated node: the consensus core of production, a disk that keeps what was synced when the
// node dies, and execution that takes its time.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Prng } from '../../../lib/prng.ts'
import { decodeCertificate } from '../../../protocol/consensus/certificate.ts'
import { Simplex } from '../../../protocol/consensus/simplex.ts'
import type {
  FetchedBlock,
  FinalBlock,
  Following,
  Peer,
  SimplexEffect,
  SimplexEvent,
} from '../../../protocol/consensus/simplex-types.ts'
import type { Evidence } from '../../../protocol/staking/evidence.ts'
import type { Timeline } from '../../../runtime/sim/timeline.ts'
import { lightBls as bls, lightVrf as vrf } from './light-crypto.ts'
import { MemberDisk, type StoredBlock, type Write } from './member-disk.ts'
import { buildMini, followingOf, type MiniChain, type MiniState, readMini } from './mini-chain.ts'
import { blurFinalize, remember } from './planted-forgetting.ts'

export const WALL = 1_800_000_000_000

export interface MemberWorld {
  readonly time: Timeline
  readonly random: Prng
  readonly mini: MiniChain
  readonly peers: readonly Peer[]
  /** A bug on purpose: see `planted-forgetting.ts`. */
  readonly plant: string | undefined
  send(from: Member, to: string, message: Uint8Array): void
  broadcast(from: Member, message: Uint8Array): void
  /** The state after the block, or why it is invalid. */
  execute(parent: MiniState, block: Uint8Array): MiniState | string
  fetch(from: Member, above: number): readonly FetchedBlock[]
  finalised(member: Member, block: StoredBlock): void
  /** What the member can prove of another. */
  proved(evidence: Evidence): void
  reached(mark: string): void
  note(text: string): void
}

type Of<Type extends SimplexEffect['type']> = Extract<SimplexEffect, { type: Type }>

/** Milliseconds: a durable write, and the execution of a block. */
const COMMIT_MS = 4
const EXECUTE_MS = 3

export class Member {
  readonly name: string
  readonly secretKey: Uint8Array
  readonly blsPublicKey: Hex
  readonly world: MemberWorld
  readonly disk = new MemberDisk()
  core: Simplex | undefined
  pausedUntil = 0
  clockOffsetMs = 0
  protected readonly proposesInvalid: boolean = false
  private life = 0
  /** After every block that was executed in this life. */
  private states = new Map<Hex, MiniState>()
  private bytes = new Map<Hex, Uint8Array>()
  private readonly timers = new Map<string, () => void>()

  constructor(world: MemberWorld, name: string, secretKey: Uint8Array) {
    this.world = world
    this.name = name
    this.secretKey = secretKey
    this.blsPublicKey = bytesToHex(bls.publicKey(secretKey))
  }

  get isUp(): boolean {
    return this.core !== undefined
  }

  get height(): number {
    return this.disk.final.length
  }

  start(): void {
    const { mini, peers } = this.world
    this.core = new Simplex({
      ...{ chain: mini.chain, bls, vrf, node: this.name, peers },
      keys: {
        blsPublicKey: this.blsPublicKey,
        secretKey: this.secretKey,
        vrfSecretKey: this.secretKey,
      },
      ...{ deltaMaxMs: 5000, emptyBlockIntervalMs: 100, statusIntervalMs: 1000 },
      clockAheadMaxMs: 500,
    })
    const last = this.disk.final.at(-1)
    const state = last?.state ?? mini.genesis
    const hash = last?.hash ?? mini.chain.genesisHash
    this.states = new Map([[hash, state]])
    this.bytes = new Map()
    const certificate = last && decodeCertificate(last.certificate)
    const { epoch, view } = certificate ?? { epoch: 0, view: 0 }
    const { height, timestampMs } = state
    const final: FinalBlock = { hash, height, epoch, view, timestampMs, certificate }
    const following = followingOf(state)
    const { signedTo } = this.disk
    const remembered = remember(this.world.plant, { records: this.disk.records(), signedTo })
    this.give({ type: 'start', final, following, ...remembered })
  }

  /** Everything that was not on disk is gone. */
  crash(): void {
    if (this.disk.crash(this.world.random) > 0) this.world.reached('untold-write')
    this.core = undefined
    this.life++
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
  }

  give(event: SimplexEvent): void {
    const { core, world } = this
    if (!core) return
    if (event.type === 'timer') blurFinalize(world.plant, core.view)
    const { now } = world.time
    const wall = Math.floor(WALL + now + this.clockOffsetMs)
    for (const effect of core.handle(event, { now, wall })) this.perform(effect)
  }

  private later(ms: number, run: () => void): () => void {
    const { life } = this
    return this.world.time.after(Math.max(ms, this.pausedUntil - this.world.time.now), () => {
      if (this.life === life) run()
    })
  }

  /** What an event of the core wants done. Liars do some of it otherwise. */
  protected perform(effect: SimplexEffect): void {
    switch (effect.type) {
      case 'send':
        this.world.send(this, effect.to, effect.message)
        break
      case 'broadcast':
        this.broadcast(effect.message)
        break
      case 'persist':
        this.persist(effect)
        break
      case 'forget':
        this.disk.forget(effect.upTo)
        break
      case 'build':
        this.later(EXECUTE_MS, () => this.build(effect))
        break
      case 'check':
        this.later(EXECUTE_MS, () => this.check(effect))
        break
      case 'finalise':
        this.finalise(effect)
        break
      case 'timer': {
        const { name, ms } = effect
        this.timers.get(name)?.()
        this.timers.set(
          name,
          this.later(ms, () => this.give({ type: 'timer', name })),
        )
        break
      }
      case 'cancel':
        this.timers.get(effect.name)?.()
        break
      case 'fetch':
        this.later(20, () => {
          this.give({ type: 'fetched', blocks: this.world.fetch(this, effect.aboveHeight) })
        })
        break
      case 'reached':
        this.world.reached(effect.mark)
        break
      case 'evidence':
        this.world.proved(effect.evidence)
        break
      case 'log':
        if (effect.level !== 'debug') {
          this.world.note(`${this.name} ${effect.event} ${JSON.stringify(effect.fields)}`)
        }
    }
  }

  protected broadcast(message: Uint8Array): void {
    this.world.broadcast(this, message)
  }

  private commit(disk: 'signs' | 'chain', write: Write, done: () => void): void {
    const queue = this.disk.queues[disk]
    queue.add(write)
    this.later(COMMIT_MS * (0.5 + this.world.random.unit()), () => {
      queue.settle(write)
      done()
    })
  }

  private persist({ id, records }: Of<'persist'>): void {
    const done = () => this.give({ type: 'persisted', id })
    this.commit('signs', () => this.disk.sign(records), done)
  }

  /** A block that execution makes of this, without keeping it. */
  protected blockOf(asked: Of<'build'>): Uint8Array | undefined {
    const parent = this.states.get(asked.parent)
    return parent && buildMini(parent, asked)
  }

  protected build(asked: Of<'build'>): void {
    const parent = this.states.get(asked.parent)
    const { epoch, view } = asked
    if (!parent) {
      this.give({ type: 'built', epoch, view, block: undefined, code: 'UNKNOWN_PARENT' })
      return
    }
    const block = buildMini(parent, asked)
    const state = this.world.execute(parent, block)
    if (typeof state !== 'string') this.keep(readMini(block).hash, block, state)
    else if (!this.proposesInvalid) {
      this.give({ type: 'built', epoch, view, block: undefined, code: state })
      return
    }
    this.give({ type: 'built', epoch, view, block, code: '' })
  }

  private keep(hash: Hex, block: Uint8Array, state: MiniState): void {
    this.states.set(hash, state)
    this.bytes.set(hash, block)
  }

  private check({ hash, block }: Of<'check'>): void {
    const parent = this.states.get(readMini(block).header.parentHash)
    if (!parent) {
      this.give({ type: 'checked', hash, ok: false, code: 'UNKNOWN_PARENT' })
      return
    }
    const state = this.world.execute(parent, block)
    if (typeof state === 'string') {
      this.give({ type: 'checked', hash, ok: false, code: state })
      return
    }
    this.keep(hash, block, state)
    this.give({ type: 'checked', hash, ok: true, code: '' })
  }

  private finalise({ hash, certificate }: Of<'finalise'>): void {
    let code = ''
    let following: Following | undefined
    const write = () => {
      const last = this.disk.final.at(-1)
      const epoch = (last?.state ?? this.world.mini.genesis).rules.epoch
      const path = this.pathTo(hash, certificate)
      if (!path) {
        code = 'UNKNOWN_BLOCK'
        return
      }
      this.disk.final.push(...path)
      for (const block of path) this.world.finalised(this, block)
      const state = (this.disk.final.at(-1) as StoredBlock).state
      following = state.rules.epoch === epoch ? undefined : followingOf(state)
    }
    this.commit('chain', write, () => this.give({ type: 'finalised', hash, code, following }))
  }

  /** From just above the last final block; undefined if one was not executed in this life. */
  private pathTo(hash: Hex, certificate: Uint8Array): StoredBlock[] | undefined {
    const last = this.disk.final.at(-1)?.hash ?? this.world.mini.chain.genesisHash
    const path: StoredBlock[] = []
    for (let at = hash; at !== last; ) {
      const state = this.states.get(at)
      const block = this.bytes.get(at)
      if (!state || !block) return undefined
      path.unshift({ hash: at, block, certificate, state })
      at = readMini(block).header.parentHash
    }
    return path
  }
}

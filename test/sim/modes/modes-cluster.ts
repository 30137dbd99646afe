// Validators of all three modes on a simulated network, some of them liars: authorities and stakers
// in epochs of a few blocks whose mode goes round.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Prng } from '../../../lib/prng.ts'
import { prng } from '../../../lib/prng.ts'
import {
  type ConsensusMessage,
  decodeMessage,
} from '../../../protocol/consensus/consensus-message.ts'
import type { EpochRules } from '../../../protocol/consensus/epoch-rules.ts'
import type { SimplexEvent } from '../../../protocol/consensus/simplex-types.ts'
import {
  type ModeNumber,
  type Validator,
  validatorSetHash,
} from '../../../protocol/consensus/validator-set.ts'
import type { Evidence } from '../../../protocol/staking/evidence.ts'
import { Timeline } from '../../../runtime/sim/timeline.ts'
import { type Conspiracy, LIES, Liar } from './liar.ts'
import { lightBls as bls, lightVrf as vrf } from './light-crypto.ts'
import { Member, type MemberWorld, WALL } from './member.ts'
import type { StoredBlock } from './member-disk.ts'
import { executeMini, type MiniChain, type MiniState, readMini } from './mini-chain.ts'
import { ModesChecker } from './modes-checker.ts'
import { VoteTraps } from './vote-traps.ts'

export interface ClusterSize {
  readonly authorities: number
  readonly stakers: number
  readonly liarAuthorities: number
  readonly liarStakers: number
  /** All liars tell two tales, the one lie that can break safety. */
  readonly allEquivocate?: boolean
  /** One in so many is told the second tale; 2 where it is not said. */
  readonly secondTaleTo?: number
  /** A bug on purpose. */
  readonly plant?: string | undefined
}

/** Words as those who hear them are given them. */
export interface Said {
  readonly event: Extract<SimplexEvent, { type: 'message' }>
}

export interface Weather {
  readonly latencyMs: number
  readonly tailMs: number
  readonly loss: number
}

const GENESIS: Hex = `0x${'11'.repeat(32)}`
const NOBODY: Hex = `0x${'00'.repeat(20)}`
const STAKE = 10n ** 22n

const STORM: Weather = { latencyMs: 400, tailMs: 600, loss: 0.1 }

function drawLie(random: Prng): (typeof LIES)[number] {
  return LIES[random.below(LIES.length)] as (typeof LIES)[number]
}

function keyOf(i: number): Uint8Array {
  const key = new Uint8Array(32).fill(0x5a)
  key[0] = 1 + (i & 0xff)
  key[31] = i + 7
  return key
}

function miniChain(size: ClusterSize, epochBlocks: number, mode: ModeNumber): MiniChain {
  const count = size.authorities + size.stakers
  const validators: Validator[] = Array.from({ length: count }, (_, index) => ({
    index,
    address: NOBODY,
    blsPublicKey: bytesToHex(bls.publicKey(keyOf(index))),
    vrfPublicKey: bytesToHex(vrf.publicKey(keyOf(index))),
    stake: STAKE,
    authority: index < size.authorities,
  }))
  const set = { validators }
  const rules: EpochRules = {
    epoch: 0,
    mode,
    balancedStake: { numerator: 1n, denominator: 3n },
    set,
    setHash: validatorSetHash(set),
    seed: GENESIS,
    startHeight: 1,
    startMs: WALL,
    epochBlocks,
    epochMs: 60_000,
  }
  const announced = { mode: ((mode + 1) % 3) as ModeNumber, set }
  return {
    chain: { chainId: 1337n, genesisHash: GENESIS },
    genesis: { height: 0, timestampMs: WALL, rules, announced, open: undefined },
    everybody: set,
  }
}

export class ModesCluster implements MemberWorld {
  readonly time: Timeline
  readonly random: Prng
  readonly mini: MiniChain
  readonly peers: MemberWorld['peers']
  readonly members = new Map<string, Member>()
  readonly checker: ModesChecker
  readonly marks = new Map<string, number>()
  weather: Weather
  /** Until then messages take a second, and a tenth is lost. */
  stormUntil = 0
  /** Pairs that do not hear each other: `from>to`. */
  readonly cut = new Set<string>()
  readonly plant: string | undefined
  readonly traps = new VoteTraps()
  private readonly said = new WeakMap<Uint8Array, Said>()
  private readonly executed = new WeakMap<MiniState, Map<Hex, MiniState | string>>()
  private readonly onNote: ((text: string, atMs: number) => void) | undefined
  private readonly honest: (name: string) => boolean

  constructor(
    seed: string,
    size: ClusterSize,
    epochBlocks: number,
    weather: Weather,
    onNote?: (text: string, atMs: number) => void,
    firstMode: ModeNumber = 0,
  ) {
    this.random = prng(`modes/${seed}`)
    this.time = new Timeline(this.random)
    this.mini = miniChain(size, epochBlocks, firstMode)
    this.weather = weather
    this.onNote = onNote
    const { authorities, stakers, liarAuthorities, liarStakers, allEquivocate, plant } = size
    this.plant = plant
    const names = [
      ...Array.from({ length: authorities }, (_, i) => `a${i}`),
      ...Array.from({ length: stakers }, (_, i) => `s${i}`),
    ]
    const lies = (i: number) =>
      i < liarAuthorities || (i >= authorities && i < authorities + liarStakers)
    const liars = new Set(names.filter((_, i) => lies(i)))
    this.honest = (name) => !liars.has(name)
    this.peers = names.map((node, i) => ({
      node,
      blsPublicKey: bytesToHex(bls.publicKey(keyOf(i))),
    }))
    const keys = new Map(this.peers.map((peer) => [peer.node, peer.blsPublicKey]))
    const owners = new Map(this.peers.map((peer) => [peer.blsPublicKey, peer.node]))
    this.checker = new ModesChecker({
      isLiar: (name) => liars.has(name),
      keyOf: (name) => keys.get(name) ?? '0x',
      nameOf: (key) => owners.get(key) ?? 'nobody',
      chain: this.mini.chain,
      bls,
    })
    // Even halves of the honest and of the liars: what nine of 21 need to break safety. Uneven
    // ones have a few vote for a block, and then finalise another.
    const every = size.secondTaleTo ?? 2
    const truthful = names.filter((_, i) => !lies(i))
    const halves = new Map(
      [...truthful, ...names.filter((_, i) => lies(i))].map((name, i) => [
        name,
        i % every === every - 1 ? 1 : 0,
      ]),
    )
    const plot: Conspiracy = { half: (node) => halves.get(node) ?? 0, blocks: new Map() }
    for (const [i, name] of names.entries()) {
      const member = lies(i) ? new Liar(this, name, keyOf(i)) : new Member(this, name, keyOf(i))
      if (member instanceof Liar) {
        member.lie = allEquivocate ? 'equivocate' : drawLie(this.random)
        member.plot = plot
      }
      this.members.set(name, member)
    }
  }

  start(): void {
    for (const member of this.members.values()) member.start()
  }

  isHonest(name: string): boolean {
    return this.honest(name)
  }

  /** PERF: a message is decoded and seen by the checker once, however many receive it. */
  private say(from: Member, bytes: Uint8Array): Said {
    const known = this.said.get(bytes)
    if (known?.event.from === from.name) return known
    const message = known?.event.message ?? decodeMessage(bytes)
    if (!message) throw new Error(`${from.name} sends what cannot be decoded`)
    if (message.type === 'vote') this.checker.see(from.name, message)
    else if (message.type === 'propose') this.seeProposal(from, message)
    const said: Said = { event: { type: 'message', from: from.name, message } }
    this.said.set(bytes, said)
    return said
  }

  send(from: Member, to: string, bytes: Uint8Array): void {
    const member = this.members.get(to)
    if (member) this.carry(from, member, this.say(from, bytes))
  }

  broadcast(from: Member, bytes: Uint8Array): void {
    const said = this.say(from, bytes)
    for (const member of this.members.values()) if (member !== from) this.carry(from, member, said)
    const sprung = this.traps.sprung(from.name, said.event.message)
    if (sprung) this.time.post(0, sprung)
  }

  /** On its way to one of those who are to hear it. */
  protected carry(from: Member, to: Member, { event }: Said): void {
    const stormy = this.time.now < this.stormUntil
    const { latencyMs, tailMs, loss } = stormy ? STORM : this.weather
    if (this.cut.size > 0 && this.cut.has(`${from.name}>${to.name}`)) return
    if (this.random.chance(loss)) return
    const delay = latencyMs * (0.5 + this.random.unit()) - tailMs * Math.log(1 - this.random.unit())
    this.time.post(delay, () => {
      if (!to.isUp) return
      const wait = to.pausedUntil - this.time.now
      if (wait > 0) this.time.post(wait, () => to.give(event))
      else to.give(event)
    })
  }

  /** Proposals are passed on; only the leader's own is his doing. */
  private seeProposal(from: Member, message: Extract<ConsensusMessage, { type: 'propose' }>) {
    const state = from.core?.view
    const { epoch, view } = message.proposal
    if (!state || state.rules.epoch !== epoch || state.leader(view) !== state.index) return
    this.checker.see(from.name, message)
  }

  /** PERF: all members execute the same blocks on the same states, so each is executed once. */
  execute(parent: MiniState, bytes: Uint8Array): MiniState | string {
    const block = readMini(bytes)
    const known = this.executed.get(parent) ?? new Map<Hex, MiniState | string>()
    this.executed.set(parent, known)
    const outcome = known.get(block.hash) ?? executeMini(this.mini, parent, block)
    known.set(block.hash, outcome)
    return outcome
  }

  fetch(from: Member, above: number): readonly StoredBlock[] {
    const others = [...this.members.values()].filter((one) => one !== from && one.isUp)
    const peer = others[this.random.below(Math.max(1, others.length))]
    return peer ? peer.disk.final.slice(above, above + 16) : []
  }

  finalised(member: Member, block: StoredBlock): void {
    this.checker.finalised(member.name, block)
  }

  proved(evidence: Evidence): void {
    this.reached(`evidence-E${evidence.rule}`)
    this.checker.proved(evidence)
  }

  reached(mark: string): void {
    this.marks.set(mark, (this.marks.get(mark) ?? 0) + 1)
  }

  note(text: string): void {
    this.onNote?.(text, this.time.now)
  }
}

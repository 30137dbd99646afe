// What goes wrong with the honest and between them while anything may, and how it ends.

import type { Prng } from '../../../lib/prng.ts'
import { FINALIZE, NOTARIZE, NULLIFY, type SignedKind } from '../../../protocol/consensus/vote.ts'
import type { Member } from './member.ts'
import type { ClusterSize, ModesCluster } from './modes-cluster.ts'

export type Names = readonly string[]

function pick(random: Prng, names: Names): string {
  return names[random.below(names.length)] as string
}

function restartLater(cluster: ModesCluster, member: Member, afterMs: number): void {
  member.crash()
  cluster.reached('crash')
  cluster.time.after(afterMs, () => {
    if (!member.isUp) member.start()
  })
}

/** Mostly off by less than anybody notices. */
function setClock(member: Member, random: Prng): void {
  const most = random.chance(0.8) ? 150 : 2000
  member.clockOffsetMs = random.below(2 * most) - most
}

/** Some others do not hear these, and mostly are not heard by them either. */
function cutOff(cluster: ModesCluster, random: Prng, names: Names, lastsMs: number): void {
  const cut = [...cluster.members.keys()].filter(() => random.chance(0.5))
  const oneWay = random.chance(0.3)
  const pairs = names.flatMap((name) =>
    cut.flatMap((other) =>
      oneWay ? [`${name}>${other}`] : [`${name}>${other}`, `${other}>${name}`],
    ),
  )
  for (const pair of pairs) cluster.cut.add(pair)
  cluster.time.after(lastsMs, () => {
    for (const pair of pairs) cluster.cut.delete(pair)
  })
}

/** Nothing comes to it or from it. */
function isolate(cluster: ModesCluster, name: string, lastsMs: number): void {
  const pairs = [...cluster.members.keys()].flatMap((one) => [`${name}>${one}`, `${one}>${name}`])
  for (const pair of pairs) cluster.cut.add(pair)
  cluster.time.after(lastsMs, () => {
    for (const pair of pairs) cluster.cut.delete(pair)
  })
}

const AFTER_KINDS = [NOTARIZE, FINALIZE, FINALIZE, NULLIFY] as const

/**
 * Right after its next vote of some kind has left, back within the view, and mostly on its own for
 * so long that its timers run out: what it forgot of that vote it may then contradict.
 */
function crashAfterVote(cluster: ModesCluster, random: Prng, member: Member): void {
  const kind = AFTER_KINDS[random.below(AFTER_KINDS.length)] as SignedKind
  const aloneMs = random.chance(0.6) ? 500 + random.below(4500) : 0
  const downMs = 1 + random.below(random.chance(0.8) ? 60 : 1000)
  cluster.traps.set(member.name, kind, () => {
    if (!member.isUp) return
    if (aloneMs > 0) isolate(cluster, member.name, aloneMs)
    restartLater(cluster, member, downMs)
    cluster.reached('crash-after-vote')
  })
}

/** Back with its sign record, but with the chain as it was a while ago. */
function olderChain(cluster: ModesCluster, random: Prng, name: string): void {
  const member = cluster.members.get(name)
  if (!member?.isUp) return
  if (random.chance(0.5)) isolate(cluster, name, 500 + random.below(4500))
  restartLater(cluster, member, 1 + random.below(500))
  const lost = random.chance(0.8) ? 1 + random.below(4) : member.height
  member.disk.loseChain(Math.max(0, member.height - lost))
  cluster.reached('older-chain')
}

/** Whom a fault strikes: mostly one or a few, now and then as many as there may be. */
function drawStruck(random: Prng, honest: Names, most: number): string[] {
  const names = [pick(random, honest)]
  if (most === 1) return names
  const more = random.below(random.chance(0.2) ? most : 3)
  for (let i = 0; i < more; i++) names.push(pick(random, honest))
  return names
}

/** Whom faults strike: of the honest at most `most` at once, and who may come to lose its chain. */
export interface Struck {
  readonly honest: Names
  readonly most: number
  readonly forgetful: Names
}

/**
 * One fault: crashes with a restart, pauses, a cut, an asynchronous spell, clocks that are off,
 * crashes right after a vote, an older chain.
 */
export function fault(cluster: ModesCluster, random: Prng, struck: Struck): void {
  const names = drawStruck(random, struck.honest, struck.most)
  const members = names.flatMap((name) => cluster.members.get(name) ?? [])
  const lasts = 200 + random.below(3000)
  const { time } = cluster
  const kind = random.below(8)
  if (kind === 0) {
    for (const one of members) {
      if (one.isUp) restartLater(cluster, one, lasts)
      else setClock(one, random)
    }
  } else if (kind === 1) for (const one of members) one.pausedUntil = time.now + lasts
  else if (kind === 2) cutOff(cluster, random, names, lasts)
  else if (kind === 3) {
    cluster.stormUntil = Math.max(cluster.stormUntil, time.now + lasts)
    cluster.reached('asynchrony')
  } else if (kind === 4) for (const one of members) setClock(one, random)
  else if (kind < 7) for (const one of members) crashAfterVote(cluster, random, one)
  else for (const name of struck.forgetful) olderChain(cluster, random, name)
}

export function heal(cluster: ModesCluster, leftDown: Names): void {
  cluster.traps.clear()
  cluster.cut.clear()
  cluster.stormUntil = 0
  cluster.weather = { latencyMs: 10, tailMs: 5, loss: 0 }
  for (const [name, member] of cluster.members) {
    member.pausedUntil = 0
    member.clockOffsetMs = 0
    if (leftDown.includes(name)) member.crash()
    else if (!member.isUp) member.start()
  }
}

/**
 * Some honest ones may be down for good, or lose a part of their chain and with it votes that they
 * do not give again: within what the modes bear together with the liars.
 */
export function drawFrail(
  random: Prng,
  size: ClusterSize,
  honest: Names,
): { readonly leftDown: Names; readonly forgetful: Names } {
  const bears = Math.floor((size.authorities - 1) / 3) - size.liarAuthorities
  const share = Math.floor((size.authorities + size.stakers - 1) / 3)
  const most = Math.min(bears, share - size.liarAuthorities - size.liarStakers)
  const nobody = { leftDown: [], forgetful: [] }
  if (most <= 0 || !random.chance(0.6)) return nobody
  const names = [pick(random, honest)]
  return random.chance(0.5) ? { ...nobody, leftDown: names } : { ...nobody, forgetful: names }
}

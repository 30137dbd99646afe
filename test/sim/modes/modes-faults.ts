// What goes wrong with the honest and between them while anything may, and how it ends.

import type { Prng } from '../../../lib/prng.ts'
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

function setClock(member: Member, random: Prng): void {
  member.clockOffsetMs = random.below(300) - 150
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

/** Whom a fault strikes: mostly one or a few, now and then as many as there may be. */
function drawStruck(random: Prng, honest: Names, most: number): string[] {
  const names = [pick(random, honest)]
  if (most === 1) return names
  const more = random.below(random.chance(0.2) ? most : 3)
  for (let i = 0; i < more; i++) names.push(pick(random, honest))
  return names
}

/**
 * One fault: crashes with a restart, pauses, a cut, an asynchronous spell, clocks that are off. It
 * strikes at most `most` of the honest at once.
 */
export function fault(cluster: ModesCluster, random: Prng, honest: Names, most: number): void {
  const names = drawStruck(random, honest, most)
  const members = names.flatMap((name) => cluster.members.get(name) ?? [])
  const lasts = 200 + random.below(3000)
  const { time } = cluster
  const kind = random.below(5)
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
  } else for (const one of members) setClock(one, random)
}

export function heal(cluster: ModesCluster, leftDown: Names): void {
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

/** Some honest ones may be down for good, within what the modes bear together with the liars. */
export function drawDown(random: Prng, size: ClusterSize, honest: Names): string[] {
  const bears = Math.floor((size.authorities - 1) / 3) - size.liarAuthorities
  const share = Math.floor((size.authorities + size.stakers - 1) / 3)
  const most = Math.min(bears, share - size.liarAuthorities - size.liarStakers)
  if (most <= 0 || !random.chance(0.3)) return []
  return [pick(random, honest)]
}

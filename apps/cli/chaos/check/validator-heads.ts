// The head of every validator, read from its own process, and whether all of them are on one chain
// with one state.

import type { ChainNodeView, Snapshot } from '../../../inspector/snapshot.ts'
import { fetchJson } from '../../fetch-json.ts'
import type { ChaosNode } from '../chaos-cluster.ts'
import { quantity, type Rpc } from '../rpc.ts'
import { type Invariant, invariant } from './invariant.ts'

const LIMIT_MS = 3000
const REACH_TRIES = 60
const REACH_PAUSE_MS = 250

export type ValidatorHead = Pick<ChainNodeView, 'node' | 'height' | 'blockHash' | 'stateRoot'>

/** Heads of the validators that answer. */
export async function validatorHeads(nodes: readonly ChaosNode[]): Promise<ValidatorHead[]> {
  const urls = [...new Set(nodes.map(({ admin }) => `${admin}/inspector/snapshot?view=chain`))]
  const answers = await Promise.allSettled(urls.map((url) => fetchJson(url, { limitMs: LIMIT_MS })))
  return answers.flatMap((one) =>
    one.status === 'fulfilled' ? (one.value as Snapshot<'chain'>).body.validators : [],
  )
}

interface Shown {
  readonly hash: string
  readonly stateRoot: string
}

/** The block at a height; waits for a gateway that is still behind it. */
async function shown(rpc: Rpc, height: number): Promise<Shown | undefined> {
  for (let i = 0; i < REACH_TRIES; i++) {
    if (quantity(await rpc.call('eth_blockNumber')) >= height) {
      const number = `0x${height.toString(16)}`
      return (await rpc.call('eth_getBlockByNumber', number, false)) as Shown
    }
    await new Promise((next) => setTimeout(next, REACH_PAUSE_MS))
  }
  return undefined
}

/** Each head against the chain that a gateway shows: equal heads at one height follow from it. */
export async function agreement(
  heads: readonly ValidatorHead[],
  expected: number,
  rpc: Rpc,
): Promise<Invariant[]> {
  const chains: string[] = []
  const roots: string[] = []
  for (const { node, height, blockHash, stateRoot } of heads) {
    const block = await shown(rpc, height)
    if (!block) chains.push(`${rpc.url} does not reach height ${height}, where ${node} is`)
    else {
      if (block.hash !== blockHash) {
        chains.push(`${node} has ${blockHash} at height ${height}, others ${block.hash}`)
      }
      if (block.stateRoot !== stateRoot) {
        roots.push(`${node} has state ${stateRoot} at height ${height}, others ${block.stateRoot}`)
      }
    }
  }
  if (heads.length < expected) chains.push(`${heads.length} of ${expected} validators answer`)
  const where = heads.map(({ node, height }) => `${node} at ${height}`).join(', ')
  return [
    invariant('validators-agree', chains, `one chain: ${where}`),
    invariant('state-roots-equal', roots, `${heads.length} validators have the state of the chain`),
  ]
}

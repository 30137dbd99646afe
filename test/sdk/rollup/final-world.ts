// A chain whose block of epoch 5 orders a claim of shard 0, after the validators have changed, and
// a node that shows it: for the files that say what that batch did.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { encodeHeader } from '../../../protocol/block/header-codec.ts'
import { encodeValidatorSet } from '../../../protocol/consensus/validator-set.ts'
import type { LightCheckpoint } from '../../../protocol/light/light-checkpoint.ts'
import { type Claim, claimHash, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { type Ask, quantity } from '../../../sdk/light/light-rpc.ts'
import { type EpochPlan, LightWorld, type Member } from '../../protocol/light/light-world.ts'

export const ZERO: Hex = `0x${'00'.repeat(32)}`
const members = (from: number): Member[] =>
  [0, 1, 2, 3].map((i) => ({ id: from + i, stake: 10n, authority: true }))
/** Other validators from epoch 4 on, so that a file needs checkpoints. */
const PLANS: EpochPlan[] = [0, 0, 1, 1, 2, 2, 0].map((mode, epoch) => ({
  mode: mode as 0 | 1 | 2,
  members: members(epoch < 4 ? 0 : 2),
}))
export const world = new LightWorld(PLANS)
export const ORDERED_IN = 5

/** What nobody looks at here. */
export const CLAIM = {
  epoch: ORDERED_IN,
  sequencer: 0,
  bodyHash: ZERO,
  bodyBytes: 100,
  firstEntry: 0,
  entries: 5,
  feeAccount: 0,
  opRoot: ZERO,
  traceRoot: ZERO,
  exits: 0,
  exitRoot: ZERO,
  inboxTo: 0,
  consumed: [],
  outbox: [],
  supply: 1n,
  stateRoot: undefined,
  signature: new Uint8Array(96).fill(1),
} as const

/** Of the claim, behind one of another shard. */
export function orderingBlock(claim: Claim): Block {
  const claims = [{ ...claim, shard: 1 }, claim].map(encodeClaim)
  return world.child(world.boundary(ORDERED_IN - 1), ORDERED_IN, { claims })
}

export type Method = (...params: string[]) => unknown

/** A node that has the world and the block, with some of its methods replaced. */
export function nodeWith(claim: Claim, block: Block, over: Record<string, Method> = {}): Ask {
  const methods: Record<string, Method> = {
    rollup_getHead: () => ({ shards: '0x1' }),
    rollup_getClaim: (number) =>
      Number(number) === 1
        ? {
            hash: claimHash(claim),
            raw: bytesToHex(encodeClaim(claim)),
            blockNumber: quantity(block.header.height),
          }
        : null,
    aitbc_getFinality: () => {
      const { headers, certificate, sidecar } = world.proofOf([block])
      return {
        headers: headers.map(bytesToHex),
        certificate: bytesToHex(certificate),
        certifiedSidecar: bytesToHex(sidecar),
        sidecar: bytesToHex(block.sidecar),
      }
    },
    aitbc_getCheckpoint: (at) => {
      const epoch = Math.min(ORDERED_IN - 1, Number(at))
      const step = world.step(epoch)
      return {
        epoch: quantity(epoch),
        checkpoint: bytesToHex(step.checkpoint),
        certificate: bytesToHex(step.certificate),
        signers: step.signers,
        sets: step.sets.map(bytesToHex),
      }
    },
    aitbc_getGenesis: () => ({
      chainId: '0x539',
      header: bytesToHex(encodeHeader(world.genesis.header)),
      validatorSet: bytesToHex(encodeValidatorSet(world.set(0))),
    }),
    ...over,
  }
  return async (method, params) => methods[method]?.(...(params as string[]))
}

export function checkpointAt(epoch: number): LightCheckpoint {
  const { hash, header } = epoch === 0 ? world.genesis : world.boundary(epoch - 1)
  const certified = { height: header.height, hash }
  const [rules, announced] = [world.rules(epoch), world.rules(epoch + 1)]
  const sets = { set: world.set(epoch), announcedSet: world.set(epoch + 1) }
  return { chain: world.start.chain, epoch, rules, announced, ...sets, certified, asOfMs: 0 }
}

/** A path as JSON-RPC shows it. */
export function nodesOf(proof: Uint8Array): string[] {
  return (bytesToHex(proof).slice(2).match(/.{64}/g) ?? []).map((node) => `0x${node}`)
}

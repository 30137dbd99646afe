// A light checkpoint from one's own node, to begin with or to hand to others. The node is believed:
// who makes such a file vouches for it.

import type { Hex } from '../../lib/hex.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import type { Header } from '../../protocol/block/header.ts'
import { decodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import type { Fraction } from '../../protocol/consensus/epoch-rules.ts'
import { decodeValidatorSet, type ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import { provenShare } from '../../protocol/light/genesis-share.ts'
import type { LightCheckpoint } from '../../protocol/light/light-checkpoint.ts'
import { genesisState, type LightState } from '../../protocol/light/light-state.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import { ProofError } from '../../protocol/trie/trie-proof.ts'
import { LightError } from './light-error.ts'
import * as rpc from './light-rpc.ts'

/** Throws ProofError. */
function shareOf(answer: rpc.Answer, header: Header): Fraction | undefined {
  const shown = rpc.shareOf(answer)
  return shown && provenShare(header, shown)
}

async function fromGenesis(ask: rpc.Ask): Promise<LightState & { asOfMs: number }> {
  const answer = rpc.fieldsOf(await ask('aitbc_getGenesis', []))
  const header = decodeHeader(rpc.bytesOf(answer.header, 'header'))
  const set = decodeValidatorSet(rpc.bytesOf(answer.validatorSet, 'validatorSet'))
  const chainId = BigInt(rpc.numberOf(answer.chainId, 'chainId'))
  const state = genesisState(chainId, header, set, shareOf(answer, header))
  if (!state) throw new LightError('NODE_LIES', 'a genesis that does not show its rules')
  return { ...state, asOfMs: headerTimeMs(header) }
}

function setNamed(hash: Hex, sets: readonly Uint8Array[]): ValidatorSet {
  const bytes = sets.find((encoded) => keccakHex(encoded) === hash)
  if (!bytes) throw new LightError('MISSING_SET', `the node does not have the set ${hash}`)
  return decodeValidatorSet(bytes)
}

async function newest(ask: rpc.Ask): Promise<LightCheckpoint> {
  const genesis = await fromGenesis(ask)
  const step = await rpc.askCheckpoint(ask, 'latest')
  const [encoded] = rpc.listOf(await ask('aitbc_getHeaders', ['latest', '0x1']), 'headers', 1)
  if (!encoded) throw new LightError('NODE_LACKS', 'the node has no block')
  const head = decodeHeader(encoded)
  const headEpoch = unpackExtraData(head.extraData)?.epoch ?? 0
  const { chain } = genesis
  if (!step) {
    const asOfMs = headEpoch <= 1 ? headerTimeMs(head) : genesis.asOfMs
    return { ...genesis, announcedSet: genesis.set, asOfMs }
  }
  const { epoch, height, blockHash, next, announced } = decodeCheckpoint(step.checkpoint)
  const certified = { height, hash: blockHash }
  const [boundary] = await rpc.askHeaders(ask, height, height)
  if (!boundary || keccakHex(boundary) !== blockHash) {
    throw new LightError('NODE_LIES', `block ${height} is not the checkpointed one`)
  }
  // While the head is in an epoch that the file covers, its validators are still bonded.
  const covered = headEpoch <= epoch + 2
  return {
    chain,
    epoch: epoch + 1,
    rules: next,
    set: setNamed(next.setHash, step.sets),
    announced,
    announcedSet: setNamed(announced.setHash, step.sets),
    certified,
    asOfMs: headerTimeMs(covered ? head : decodeHeader(boundary)),
  }
}

/** The newest that the node has, at first the genesis. Rejects with LightError. */
export async function makeCheckpoint(ask: rpc.Ask): Promise<LightCheckpoint> {
  try {
    return await newest(ask)
  } catch (error) {
    if (error instanceof RlpError) throw new LightError('UNDECODABLE', error.message)
    if (error instanceof ProofError) throw new LightError(error.code, error.message)
    throw error
  }
}

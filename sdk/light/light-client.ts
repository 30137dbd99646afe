// A light client: from a checkpoint that its user trusts to any header, account, storage word,
// transaction or receipt, by what a node shows that nobody has to trust.

import { LIGHT_STEPS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { unpackExtraData } from '../../protocol/block/extra-data.ts'
import { decodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeSidecar, type Sidecar, sidecarRoot } from '../../protocol/block/sidecar.ts'
import type { TransactionReceipt } from '../../protocol/block/transaction-receipt.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import { isStale, type LightCheckpoint } from '../../protocol/light/light-checkpoint.ts'
import { LIGHT_REFUSALS, type Refused, refuse } from '../../protocol/light/light-refusals.ts'
import type { LightState } from '../../protocol/light/light-state.ts'
import { type VerifiedHeader, verifyHeader } from '../../protocol/light/verify-header.ts'
import { verifyReceiptOf, verifyTransaction } from '../../protocol/light/verify-inclusion.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import type { Account } from '../../protocol/state/account.ts'
import { verifyAccount, verifyWord } from '../../protocol/state/account-proof.ts'
import { ProofError } from '../../protocol/trie/trie-proof.ts'
import { findPath } from './find-path.ts'
import { LightError } from './light-error.ts'
import * as rpc from './light-rpc.ts'

export interface LightOptions {
  readonly checkpoint: LightCheckpoint
  readonly ask: rpc.Ask
  readonly nowMs: number
  /** Takes a checkpoint from before the weak-subjectivity period, at the user's own risk. */
  readonly allowStale?: boolean
  /** The one of browsers when absent. */
  readonly bls?: Bls
}

export interface LightHeader extends VerifiedHeader {
  /** Stake checkpoints that were followed to get there. */
  readonly steps: number
}

interface Reached {
  readonly state: LightState
  readonly steps: number
}

function fail({ code, detail }: Refused): never {
  throw new LightError(code, detail)
}

/** Runs a check of proofs: what they throw is the node's fault. */
function proving<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof ProofError) throw new LightError(error.code, error.message)
    throw error
  }
}

function epochOf(header: Uint8Array | undefined): number {
  try {
    const extra = header && unpackExtraData(decodeHeader(header).extraData)
    if (extra) return extra.epoch
  } catch (error) {
    if (!(error instanceof RlpError)) throw error
  }
  throw new LightError('UNDECODABLE', 'the node shows a header that is none')
}

export class LightClient {
  private readonly ask: rpc.Ask
  private readonly bls: Bls
  private readonly first: Reached
  /** The furthest that was needed: the next question is likely about the same epoch. */
  private last: Reached

  /** Throws LightError STALE_CHECKPOINT. */
  constructor({ checkpoint, ask, nowMs, allowStale = false, bls = blsNoble }: LightOptions) {
    if (!allowStale && isStale(checkpoint, nowMs)) {
      throw new LightError('STALE_CHECKPOINT', LIGHT_REFUSALS.STALE_CHECKPOINT)
    }
    this.ask = ask
    this.bls = bls
    this.first = { state: checkpoint, steps: 0 }
    this.last = this.first
  }

  /** The state with the rules of `epoch`, or the nearest before it that is certified. */
  private async reach(epoch: number): Promise<Reached> {
    const from = this.last.state.epoch <= epoch ? this.last : this.first
    const found = await findPath({
      from: from.state,
      epoch,
      source: (at) => rpc.askCheckpoint(this.ask, at),
      bls: this.bls,
      stepsMax: LIGHT_STEPS_MAX,
    })
    if (!found.ok) return fail(found)
    this.last = { state: found.state, steps: from.steps + found.steps.length }
    return this.last
  }

  /** Rejects with LightError, also when the node has no such block. */
  async header(height: number): Promise<LightHeader> {
    const { certified } = this.first.state
    if (height <= certified.height) return this.linked(height, this.first)
    const result = await this.ask('aitbc_getFinality', [rpc.quantity(height)])
    if (result === null) throw new LightError('NODE_LACKS', `the node has no block ${height} yet`)
    const answer = rpc.fieldsOf(result)
    const headers = rpc.listOf(answer.headers, 'headers', 1024)
    const epoch = epochOf(headers.at(-1))
    const { state, steps } = await this.reach(epoch)
    const proof = {
      headers,
      certificate: rpc.bytesOf(answer.certificate, 'certificate'),
      sidecar: rpc.bytesOf(answer.certifiedSidecar, 'certifiedSidecar'),
    }
    const verified = verifyHeader(state, proof, this.bls)
    if (!verified.ok) return fail(verified)
    if (verified.header.height !== height) {
      throw new LightError('NODE_LIES', `block ${verified.header.height} was shown for ${height}`)
    }
    const isCheckpointed = await this.isCheckpointed(verified)
    return { ...verified, ...(isCheckpointed && { level: 'finalized' }), steps }
  }

  /** An ancestor of the checkpointed block, by parent hashes alone. */
  private async linked(height: number, { state, steps }: Reached): Promise<LightHeader> {
    const headers = await rpc.askHeaders(this.ask, height, state.certified.height)
    const empty = new Uint8Array(0)
    const proof = { headers, certificate: empty, sidecar: empty }
    const verified = verifyHeader(state, proof, this.bls)
    if (!verified.ok) return fail(verified)
    return { ...verified, steps }
  }

  /** Has the stake checkpointed the end of the header's epoch, with the header below it? */
  private async isCheckpointed({ epoch, header, hash }: VerifiedHeader): Promise<boolean> {
    const before = this.last
    const after = await this.reach(epoch + 1)
    this.last = before
    const { certified } = after.state
    if (after.state.epoch !== epoch + 1 || certified.height < header.height) return false
    const linked = await this.linked(header.height, after).catch((error: LightError) => {
      if (error.code === 'NODE_LACKS' || error.code === 'TOO_MANY') return undefined
      throw error
    })
    if (!linked) return false
    // Two final blocks at one height: somebody broke the rules, and it is not for us to choose.
    if (linked.hash === hash) return true
    throw new LightError('NOT_A_CHAIN', 'the stake has checkpointed another block at this height')
  }

  /** What consensus put into a block beside its transactions. Rejects with LightError. */
  async sidecar(height: number): Promise<Sidecar> {
    const { header } = await this.header(height)
    const result = await this.ask('aitbc_getFinality', [rpc.quantity(height)])
    if (result === null) throw new LightError('NODE_LACKS', `the node has no block ${height}`)
    const sidecar = rpc.bytesOf(rpc.fieldsOf(result).sidecar, 'sidecar')
    if (sidecarRoot(sidecar) !== header.parentBeaconBlockRoot) return fail(refuse('WRONG_SIDECAR'))
    try {
      return decodeSidecar(sidecar)
    } catch (error) {
      if (error instanceof RlpError) throw new LightError('UNDECODABLE', error.message)
      throw error
    }
  }

  /** An account and some of its words after the node's latest block. Rejects with LightError. */
  async account(
    address: Hex,
    slots: readonly Hex[] = [],
  ): Promise<{ at: LightHeader; account: Account; words: bigint[] }> {
    const result = await this.ask('eth_getProof', [address, slots, 'latest'])
    const answer = rpc.fieldsOf(result)
    const at = await this.header(rpc.numberOf(answer.blockNumber, 'blockNumber'))
    const shown = answer.storageProof
    if (!Array.isArray(shown) || shown.length !== slots.length) {
      throw new LightError('NODE_LIES', 'not one proof for each slot')
    }
    return proving(() => {
      const proof = rpc.listOf(answer.accountProof, 'accountProof', 65)
      const account = verifyAccount(at.header.stateRoot, address, proof)
      const words = slots.map((slot, i) => {
        const nodes = rpc.listOf(rpc.fieldsOf(shown[i]).proof, 'proof', 65)
        return verifyWord(account.storageRoot, slot, nodes)
      })
      return { at, account, words }
    })
  }

  /** A transaction's receipt in a final block. Rejects with LightError. */
  async receipt(
    transaction: Hex,
  ): Promise<{ at: LightHeader; index: number; receipt: TransactionReceipt }> {
    const result = await this.ask('aitbc_getInclusion', [transaction])
    if (result === null) throw new LightError('NODE_LACKS', 'the node has no such transaction')
    const answer = rpc.fieldsOf(result)
    const at = await this.header(rpc.numberOf(answer.blockNumber, 'blockNumber'))
    const index = rpc.numberOf(answer.transactionIndex, 'transactionIndex')
    const proofOf = (name: string) => rpc.listOf(answer[name], name, 16)
    return proving(() => {
      const raw = verifyTransaction(at.header, index, proofOf('transactionProof'))
      if (!raw || keccakHex(raw) !== transaction) {
        throw new LightError('NODE_LIES', 'another transaction lies there')
      }
      const receipt = verifyReceiptOf(at.header, index, proofOf('receiptProof'))
      if (!receipt) throw new LightError('NODE_LIES', 'the block has no such receipt')
      return { at, index, receipt }
    })
  }
}

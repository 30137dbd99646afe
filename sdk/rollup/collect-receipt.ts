// Collects the files that show a transfer or an operation executed, from any node. It is believed
// nothing: a file holds only with what its readers trust.

import { BUNDLE_HEADERS_MAX } from '../../config/limits.ts'
import { concatBytes } from '../../lib/bytes.ts'
import { decodeValidatorSet } from '../../protocol/consensus/validator-set.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import { type Bundle, buildRollupBundle } from '../../protocol/receipt/bundle.ts'
import type { ReceiptV2 } from '../../protocol/receipt/receipt-v2.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import { claimHash, decodeClaim } from '../../protocol/rollup/claim.ts'
import { type FinalOperation, finalOperation } from '../../protocol/rollup/final-operation.ts'
import { type FinalReceipt, finalReceipt } from '../../protocol/rollup/final-receipt.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import type { OperationReceipt } from '../../protocol/rollup/operation-receipt.ts'
import type { RollupReceipt } from '../../protocol/rollup/rollup-receipt.ts'
import { ProofError } from '../../protocol/trie/trie-proof.ts'
import { collectFinality } from '../light/collect-finality.ts'
import { LightError } from '../light/light-error.ts'
import * as rpc from '../light/light-rpc.ts'

/** What the node says where it is asked for something that is not there yet. */
const lacks = (what: string) => new LightError('NODE_LACKS', what)

async function claimOf(ask: rpc.Ask, shard: number, number: number): Promise<rpc.Answer> {
  const params = [rpc.quantity(number), rpc.quantity(shard)]
  const result = await ask('rollup_getClaim', params)
  if (result === null) throw lacks(`the node has no final batch ${number} of shard ${shard}`)
  return rpc.fieldsOf(result)
}

/**
 * Where a transfer went, as far back as the node looks: older ones are in what `RollupAccount`
 * kept. Rejects with LightError.
 */
export async function findReceipt(
  ask: rpc.Ask,
  from: number,
  nonce: number,
): Promise<RollupReceipt> {
  const params = [rpc.quantity(from), rpc.quantity(nonce)]
  const result = await ask('rollup_getTransfer', params)
  if (result === null) throw lacks(`no final batch has transfer ${nonce} of account ${from}`)
  const found = rpc.fieldsOf(result)
  const head = rpc.fieldsOf(await ask('rollup_getHead', []))
  const shard = shardOf(from, rpc.numberOf(head.shards, 'shards'))
  const claim = await claimOf(ask, shard, rpc.numberOf(found.batch, 'batch'))
  const proof = concatBytes(...rpc.listOf(found.proof, 'proof', 32))
  const to = rpc.numberOf(found.to, 'to')
  const amount = rpc.unitsOf(found.amount, 'amount')
  return {
    transfer: { from, nonce, to, amount },
    claim: rpc.bytesOf(claim.raw, 'raw'),
    position: rpc.numberOf(found.position, 'position'),
    proof,
  }
}

export interface CollectQuery<R> {
  readonly receipt: R
  readonly ask: rpc.Ask
  readonly bls: Bls
}

/** What shows a claim final: the block that ordered it, and that one's finality. */
async function collectBlock({ receipt, ask, bls }: CollectQuery<{ readonly claim: Uint8Array }>) {
  const { shard, number } = decodeClaim(receipt.claim)
  const { blockNumber, hash } = await claimOf(ask, shard, number)
  if (hash !== claimHash(decodeClaim(receipt.claim))) throw lacks('another claim is final there')
  const result = await ask('aitbc_getFinality', [blockNumber])
  if (result === null) throw lacks('the node does not have the block any more')
  const shown = rpc.fieldsOf(result)
  const genesis = rpc.fieldsOf(await ask('aitbc_getGenesis', []))
  const finality = await collectFinality({
    chainId: rpc.numberOf(genesis.chainId, 'chainId'),
    genesisHeader: rpc.bytesOf(genesis.header, 'header'),
    validatorSet: decodeValidatorSet(rpc.bytesOf(genesis.validatorSet, 'validatorSet')),
    genesisShare: rpc.shareOf(genesis),
    final: {
      headers: rpc.listOf(shown.headers, 'headers', BUNDLE_HEADERS_MAX),
      certificate: rpc.bytesOf(shown.certificate, 'certificate'),
      sidecar: rpc.bytesOf(shown.certifiedSidecar, 'certifiedSidecar'),
    },
    checkpoint: (epoch) => rpc.askCheckpoint(ask, epoch),
    bls,
  })
  return { sidecar: rpc.bytesOf(shown.sidecar, 'sidecar'), finality }
}

async function collected<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RangeError) throw lacks(error.message)
    if (error instanceof RlpError) throw new LightError('UNDECODABLE', error.message)
    if (error instanceof ProofError) throw new LightError(error.code, error.message)
    throw error
  }
}

/** Rejects with LightError; NODE_LACKS for what another node, or a later question, may bring. */
export function collectReceipt(query: CollectQuery<RollupReceipt>): Promise<FinalReceipt> {
  const { receipt } = query
  return collected(async () => finalReceipt({ receipt, ...(await collectBlock(query)) }))
}

/** The same of an operation. */
export function collectOperation(query: CollectQuery<OperationReceipt>): Promise<FinalOperation> {
  const { receipt } = query
  return collected(async () => finalOperation({ receipt, ...(await collectBlock(query)) }))
}

/** The file that shows a job's receipt settled; `settled`: the settle of its lock. */
export function collectRollupBundle(
  receipt: ReceiptV2,
  query: CollectQuery<OperationReceipt>,
): Promise<Bundle> {
  const settled = query.receipt
  return collected(async () =>
    buildRollupBundle({ receipt, settled, ...(await collectBlock(query)) }),
  )
}

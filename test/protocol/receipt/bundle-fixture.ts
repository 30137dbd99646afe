// Makes a receipt bundle from scratch: a job, settled by the real market module in a block that
// three of four validators finalised two blocks later. Deterministic, so it is a vector too.
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { type Block, encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import { packExtraData } from '../../../protocol/block/extra-data.ts'
import { encodeHeader } from '../../../protocol/block/header-codec.ts'
import { orderedRoot } from '../../../protocol/block/ordered-trie.ts'
import { encodeSidecar, plainSidecar, sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { encodeReceipt } from '../../../protocol/block/transaction-receipt.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import {
  encodeValidatorSet,
  type ValidatorSet,
  validatorSetHash,
} from '../../../protocol/consensus/validator-set.ts'
import { FINALIZE, voteDigest } from '../../../protocol/consensus/vote.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { signForWallet } from '../../../protocol/crypto/wallet-signature.ts'
import { jobIdOf, requestHash } from '../../../protocol/job/job-id.ts'
import { readRequest } from '../../../protocol/job/read-request.ts'
import { finalityProof } from '../../../protocol/light/finality-proof.ts'
import * as calls from '../../../protocol/market/market-calls.ts'
import { buildReceipt } from '../../../protocol/receipt/build-receipt.ts'
import { type Bundle, type BundleSources, buildBundle } from '../../../protocol/receipt/bundle.ts'
import type { RollupBilling } from '../../../protocol/receipt/receipt-v2.ts'
import { receiptDigest, settlementOf, signReceipt } from '../../../protocol/receipt/sign-receipt.ts'
import { keyOf, MarketWorld } from '../market/market-world.ts'

const ZERO: Hex = `0x${'0'.repeat(64)}`
const [consumer, coordinator, provider] = [keyOf(0), keyOf(1), keyOf(2)]
const modelRoot: Hex = `0x${'77'.repeat(32)}`
const blsKey = (i: number) => new Uint8Array(32).fill(i + 1)

export const validatorSet: ValidatorSet = {
  validators: [0, 1, 2, 3].map((index) => ({
    index,
    address: keyOf(10 + index).address,
    blsPublicKey: bytesToHex(blsNoble.publicKey(blsKey(index))),
    vrfPublicKey: ZERO,
    stake: 1n,
    authority: true,
  })),
}
export const trustedHash = validatorSetHash(validatorSet)
/** Encoded block 0. */
export const genesisBlock = () => encodeBlock(genesis)
export const output = '{"text":"Once upon a time, a robot"}'

/** With `rollup`: to be settled there, and signed so. */
export function job(rollup?: RollupBilling) {
  const salt: Hex = `0x${'5a'.repeat(32)}`
  const body = { model_id: 'stories15m', input_data: 'Once upon', requirements: { max_tokens: 4 } }
  const read = readRequest(body, salt)
  if (!read.ok) throw new Error(read.message)
  const hash = requestHash(read.text)
  const jobId = jobIdOf(1337n, consumer.address, hash)
  const receipt = buildReceipt({
    chainId: 1337,
    jobId,
    requestText: read.text,
    request: read.request,
    provider: provider.address,
    client: consumer.address,
    coordinator: coordinator.address,
    modelRoot,
    quantization: 'f32',
    tokenizerHash: modelRoot,
    engine: 'aitbc-llama-ref@1',
    device: 'cpu',
    unit: 'tokens',
    unitPriceWei: 10n ** 12n,
    priceWei: 60n * 10n ** 12n,
    status: 'completed',
    promptTokens: 3,
    completionTokens: 4,
    inputs: 1,
    output,
    chunks: [' a', ' time', ','],
    startedAtMs: 1_700_000_000_000,
    completedAtMs: 1_700_000_001_500,
    ...(rollup && { rollup }),
  })
  return { jobId, hash, receipt: signReceipt(receipt, provider.secretKey, secp256k1Noble) }
}

const genesis = block(0, ZERO, [], [], 0)
const genesisHash = genesis.hash

function block(
  height: number,
  parentHash: Hex,
  transactions: Uint8Array[],
  receipts: Uint8Array[],
  epoch = 1,
): Block {
  const sidecar = encodeSidecar(
    plainSidecar({
      validatorSetHash: trustedHash,
      proposer: 0,
      parentView: height,
    }),
  )
  const header = {
    parentHash,
    ommersHash: ZERO,
    coinbase: keyOf(10).address,
    stateRoot: ZERO,
    transactionsRoot: orderedRoot(transactions),
    receiptsRoot: orderedRoot(receipts),
    logsBloom: `0x${'0'.repeat(512)}`,
    difficulty: 0n,
    height,
    gasLimit: 30_000_000,
    gasUsed: 0,
    timestamp: 1_700_000_002,
    extraData: packExtraData({ mode: 0, epoch, view: height, ms: 0 }),
    mixHash: ZERO,
    nonce: '0x0000000000000000',
    baseFeePerGas: 7n,
    withdrawalsRoot: ZERO,
    blobGasUsed: 0,
    excessBlobGas: 0,
    parentBeaconBlockRoot: sidecarRoot(sidecar),
    requestsHash: ZERO,
  } as const
  return makeBlock(header, transactions, sidecar)
}

export function certify(blockHash: Hex, kind: 1 | 3 = FINALIZE, signers = [0, 1, 3]): Uint8Array {
  const chain = { chainId: 1337n, genesisHash }
  const digest = voteDigest(chain, kind, 1, 44, blockHash)
  const signature = blsNoble.aggregate(signers.map((i) => blsNoble.sign(blsKey(i), digest)))
  return encodeCertificate({ kind, epoch: 1, view: 44, blockHash, signers, signature })
}

/** A real settlement and its place among the transactions of a block. */
export function settlement() {
  const { jobId, hash, receipt } = job()
  const market = new MarketWorld()
  market.now = 1_700_000_000
  market.balances.set(consumer.address, 10n ** 18n)
  const priceCap = 60n * 10n ** 12n
  const deadline = BigInt(market.now + 900)
  const terms = { jobId, requestHash: hash, modelRoot, priceCap, deadline }
  market.call(
    consumer.address,
    calls.encodeOpenEscrow({ ...terms, coordinator: coordinator.address }),
    priceCap,
  )
  market.call(coordinator.address, calls.encodeAssign(jobId, provider.address, priceCap, deadline))
  const before = market.logs.length
  const signature = signForWallet(secp256k1Noble, provider.secretKey, receiptDigest(receipt))
  market.call(coordinator.address, calls.encodeSettle(settlementOf(receipt), signature))
  const logs = market.logs.slice(before)
  if (logs.length !== 1) throw new Error('the market did not settle')
  // Twenty transactions make a trie of several levels; ours is number 17.
  const transactions = Array.from({ length: 20 }, (_, i) => new Uint8Array(100).fill(i + 1))
  const receipts = transactions.map((_, i) =>
    encodeReceipt({
      type: 2,
      succeeded: true,
      cumulativeGas: 21_000 * (i + 1),
      logs: i === 17 ? logs : [],
    }),
  )
  const settleTx = keccakHex(transactions[17] as Uint8Array)
  return { receipt, settleTx, transactions, receipts }
}

/** What a bundle is made of, and the three blocks from the settling one to the certified one. */
export function sources(): BundleSources & { readonly blocks: readonly Block[] } {
  const { receipt, settleTx, transactions, receipts } = settlement()
  const settling = block(42, ZERO, transactions, receipts)
  const next = block(43, settling.hash, [], [])
  const last = block(44, next.hash, [], [])
  const blocks = [settling, next, last]
  const headers = blocks.map(({ header }) => encodeHeader(header))
  const finality = finalityProof({
    chainId: 1337,
    genesisHeader: encodeHeader(genesis.header),
    final: { headers, certificate: certify(last.hash), sidecar: last.sidecar },
    begins: 'genesis',
    steps: [],
    sets: [encodeValidatorSet(validatorSet)],
  })
  return { receipt, settleTx, settling: encodeBlock(settling), receipts, finality, blocks }
}

export function bundle(): Bundle {
  return buildBundle(sources())
}

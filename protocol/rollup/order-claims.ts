// What the base chain checks of a claim when a block orders it, and what it then remembers. Whether
// the claim is true (the batch's signatures, its execution, its root) the validators check before
// they notarise the block: here is only what follows from the state and from the claim itself.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Sidecar } from '../block/sidecar.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import type { ChainIdentity } from '../consensus/vote.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { SystemState } from '../modules/module.ts'
import {
  BATCH_BYTES_MAX,
  BATCH_TRANSFERS_MAX,
  CLAIM_BYTES_MAX,
  CLAIM_MESSAGES_MAX,
  CLAIMS_PER_SHARD_MAX,
  FORCE_AFTER_BLOCKS,
  OPERATIONS_MAX,
  ROOT_EVERY_MAX,
} from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import { certificateHolds, checkCertificateThere } from './check-certificate.ts'
import { type Claim, claimDigest, claimHash, decodeClaim, genesisParent } from './claim.ts'
import { entriesOf, feesOf, hasOrders } from './entry-counts.ts'
import { saveExits } from './exits.ts'
import { mustFreeze } from './freeze.ts'
import { depositsBetween, loadMessage } from './inbox.ts'
import { shardOf } from './layout.ts'
import { checkOpening, divideSupply, isUnopened } from './order-opening.ts'
import { checkParcels, orderParcels, type ParcelFlow } from './order-parcels.ts'
import { assertRollupMoney, moveMoney } from './rollup-money.ts'
import type { ClaimRefusal } from './rollup-refusals.ts'
import { accountCount, sequencerSlot, shardCount } from './rollup-storage.ts'
import { addRoot } from './root-history.ts'
import { eligible } from './sequencing.ts'
import { isClosing } from './shard-change.ts'
import { loadRoot, loadShard, type ShardRecord, saveShard } from './shard-record.ts'

export interface OrderFacts {
  readonly rules: EpochRules
  readonly height: number
  readonly timestampMs: number
}

export interface OrderPorts {
  readonly chain: ChainIdentity
  readonly bls: Pick<Bls, 'verify' | 'verifyAggregate'>
}

export interface RefusedClaim {
  readonly code: ClaimRefusal
  /** Place in the block's list. */
  readonly item: number
}

interface Case {
  readonly state: SystemState
  readonly claim: Claim
  readonly hash: Hex
  readonly record: ShardRecord
  readonly facts: OrderFacts
  /** What the block has beside the claim. */
  readonly certificate: Uint8Array | undefined
}

function read(bytes: Uint8Array): Claim | undefined {
  if (bytes.length > CLAIM_BYTES_MAX) return undefined
  try {
    return decodeClaim(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

function checkPlace({ state, claim, record, facts }: Case, genesisHash: Hex) {
  const { rules, height, timestampMs } = facts
  const { shard, sequencer } = claim
  if (record.frozen || mustFreeze(state, shard, record, height)) return 'FROZEN'
  if (claim.number !== record.number + 1) return 'WRONG_NUMBER'
  const parent = record.number === 0 ? genesisParent(genesisHash, shard) : record.hash
  if (claim.parent !== parent) return 'WRONG_PARENT'
  if (claim.epoch !== rules.epoch) return 'WRONG_EPOCH'
  if (!eligible(rules, record, shard, sequencer, timestampMs)) return 'NOT_ELIGIBLE'
  return undefined
}

function checkInbox({ state, claim, record, facts }: Case): ClaimRefusal | undefined {
  const { shard, inboxTo } = claim
  const taken = inboxTo - record.inboxTo
  if (taken < 0 || inboxTo > record.inboxCount || taken > CLAIM_MESSAGES_MAX) return 'WRONG_INBOX'
  const left = taken < CLAIM_MESSAGES_MAX ? loadMessage(state, shard, inboxTo) : undefined
  if (left && facts.height > left.height + FORCE_AFTER_BLOCKS) return 'LEFT_OUT'
  return undefined
}

function checkEntries(
  { state, claim, record, facts }: Case,
  { credits }: ParcelFlow,
): ClaimRefusal | undefined {
  const { shard, transfers, settles, refunds, locks, feeAccount } = claim
  if (transfers > BATCH_TRANSFERS_MAX || claim.bodyBytes > BATCH_BYTES_MAX) return 'TOO_LARGE'
  if (settles + refunds + locks > OPERATIONS_MAX) return 'TOO_LARGE'
  if (hasOrders(claim) && isClosing(state)) return 'CLOSING'
  if (facts.height > claim.notAfter) return 'EXPIRED'
  if (facts.height < claim.notBefore) return 'TOO_EARLY'
  const pays = feesOf(claim) > 0n
  const entries = entriesOf(claim.inboxTo - record.inboxTo, credits, claim)
  if (claim.entries !== entries || claim.firstEntry !== record.entries + 1) return 'WRONG_ENTRIES'
  const shards = shardCount(state)
  const isThere = feeAccount < accountCount(state) && shardOf(feeAccount, shards) === shard
  return pays && !isThere ? 'WRONG_FEE_ACCOUNT' : undefined
}

/** Units that messages bring into the shard with this claim, and that exits take out of it. */
interface Flow extends ParcelFlow {
  readonly deposits: bigint
  readonly exits: bigint
}

const NO_FLOW: Flow = { credits: 0, arrived: 0n, left: 0n, sent: 0, deposits: 0n, exits: 0n }

function flowOf({ state, claim, record }: Case, parcels: ParcelFlow): Flow | undefined {
  const deposits = depositsBetween(state, claim.shard, record.inboxTo, claim.inboxTo)
  const exits = record.supply + deposits + parcels.arrived - parcels.left - claim.supply
  const isOne = exits === 0n || (exits > 0n && claim.exits > 0)
  const isRoom = claim.exits + parcels.sent <= claim.entries
  return isOne && isRoom ? { ...parcels, deposits, exits } : undefined
}

function checkRoot({ state, claim, record }: Case): ClaimRefusal | undefined {
  const { number } = loadRoot(state, claim.shard, record.lastRoot)
  if (claim.stateRoot === undefined) {
    if (claim.entries === 0) return 'EMPTY'
    return claim.number - number >= ROOT_EVERY_MAX ? 'ROOT_DUE' : undefined
  }
  return claim.entries === 0 && number === record.number ? 'EMPTY' : undefined
}

/** The sequencer's signature, and the certificate of the shard's committee where it has one. */
function checkSigners(found: Case, { bls, chain }: OrderPorts): ClaimRefusal | undefined {
  const { state, claim, hash, facts, certificate } = found
  const { genesisHash } = chain
  const refusal = checkCertificateThere(state, certificate)
  if (refusal) return refusal
  const signer = facts.rules.set.validators[claim.sequencer]
  if (!signer) return 'BAD_SIGNATURE'
  const digest = claimDigest(genesisHash, hash)
  const key = hexToBytes(signer.blsPublicKey)
  if (!bls.verify(key, digest, claim.signature)) return 'BAD_SIGNATURE'
  if (!certificate) return undefined
  const of = { genesisHash, claim: hash, shard: claim.shard }
  return certificateHolds(state, certificate, facts.rules, of, bls) ? undefined : 'BAD_CERTIFICATE'
}

/** Records the claim. */
function order({ state, claim, hash, record, facts }: Case, flow: Flow): void {
  const { shard, number } = claim
  const { deposits, exits, arrived, left } = flow
  const sequencer = facts.rules.set.validators[claim.sequencer]?.address as Hex
  moveMoney(state, { supply: deposits + arrived - exits - left, inbox: -deposits, exits })
  orderParcels(state, claim)
  if (claim.exits > 0) {
    saveExits(state, shard, number, { root: claim.exitRoot, count: claim.exits, unpaid: exits })
  }
  state.save(sequencerSlot(shard, number), BigInt(sequencer))
  let next: ShardRecord = {
    ...record,
    hash,
    number,
    sequencer,
    entries: record.entries + claim.entries,
    inboxTo: claim.inboxTo,
    supply: claim.supply,
    deposited: record.deposited + deposits,
    exited: record.exited + exits,
    timestampMs: facts.timestampMs,
  }
  if (claim.stateRoot !== undefined) {
    const statedAt = Math.floor(facts.timestampMs / 1000)
    next = addRoot(state, shard, next, { root: claim.stateRoot, statedAt })
  }
  saveShard(state, shard, next)
}

/** The first claim after a change of the number of shards. */
function orderOpening(found: Case, ports: OrderPorts): ClaimRefusal | undefined {
  const { state, claim, record } = found
  const refusal = checkPlace(found, ports.chain.genesisHash) ?? checkOpening(state, claim, record)
  if (refusal) return refusal
  const unsigned = checkSigners(found, ports)
  if (unsigned) return unsigned
  divideSupply(state, claim, record)
  order(found, NO_FLOW)
  return undefined
}

/** Why the claim is refused; orders it otherwise. The signature last: it takes a millisecond. */
function orderOne(found: Case, ports: OrderPorts): ClaimRefusal | undefined {
  if (isUnopened(found.state, found.claim.shard)) return orderOpening(found, ports)
  const refusal = checkPlace(found, ports.chain.genesisHash) ?? checkInbox(found)
  if (refusal) return refusal
  const parcels = checkParcels(found.state, found.claim, found.facts.timestampMs)
  if (typeof parcels === 'string') return parcels
  const wrong = checkEntries(found, parcels) ?? checkRoot(found)
  if (wrong) return wrong
  const flow = flowOf(found, parcels)
  if (!flow) return 'WRONG_SUPPLY'
  const unsigned = checkSigners(found, ports)
  if (unsigned) return unsigned
  order(found, flow)
  return undefined
}

/**
 * Orders a block's claims one after the other. The first that is refused ends it, and refuses the
 * block; the state is then to be thrown away.
 */
export function orderClaims(
  state: SystemState,
  { claims, certificates }: Pick<Sidecar, 'claims' | 'certificates'>,
  ports: OrderPorts,
  facts: OrderFacts,
): RefusedClaim | undefined {
  const ofShard = new Map<number, number>()
  for (const [item, bytes] of claims.entries()) {
    const claim = read(bytes)
    if (!claim) return { code: 'UNDECODABLE', item }
    const { shard } = claim
    if (shard >= shardCount(state)) return { code: 'UNKNOWN_SHARD', item }
    const before = ofShard.get(shard) ?? 0
    if (before >= CLAIMS_PER_SHARD_MAX) return { code: 'TOO_MANY', item }
    ofShard.set(shard, before + 1)
    const record = loadShard(state, shard)
    const certificate = certificates[item]
    const found = { state, claim, hash: claimHash(claim), record, facts, certificate }
    const code = orderOne(found, ports)
    if (code) return { code, item }
  }
  if (certificates.length > claims.length) return { code: 'BAD_CERTIFICATE', item: claims.length }
  if (claims.length > 0) assertRollupMoney(state)
  return undefined
}

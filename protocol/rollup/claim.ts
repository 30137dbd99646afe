// A claim: the header of a batch. It names the body, says what executing it gives, and is what a
// block orders; one of the epoch's validators signs it as the shard's sequencer.

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak, keccakHex } from '../crypto/keccak.ts'
import { CLAIM_PARCELS_MAX, SHARDS_MAX } from '../params.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import { u32Bytes } from './little-endian.ts'

/** Credits for another shard, made by this batch: one parcel for each shard, in rising order. */
export interface OutboxParcel {
  readonly shard: number
  readonly credits: number
  /** Units, the sum of the credits. */
  readonly amount: bigint
  readonly root: Hex
}

/** A parcel that this batch pays out: the one that claim `number` of `shard` made for this shard. */
export interface ConsumedParcel {
  readonly shard: number
  readonly number: number
}

/** Everything but the signature; amounts in units of 10^9 wei. */
export interface UnsignedClaim {
  readonly shard: number
  /** From 1, without gaps. */
  readonly number: number
  readonly epoch: number
  /** Hash of the shard's previous claim, `genesisParent` for the first. */
  readonly parent: Hex
  /** Index in the epoch's validator set. */
  readonly sequencer: number
  readonly bodyHash: Hex
  readonly bodyBytes: number
  readonly transfers: number
  /** Operations of each kind. */
  readonly settles: number
  readonly refunds: number
  readonly locks: number
  /**
   * The lowest height after which something in the body is void: of its absent senders and locks,
   * and of the deadlines of settles; NO_LIMIT without any.
   */
  readonly notAfter: number
  /**
   * The highest of: one above the deadline of each refund, LOCK_BLOCKS_MAX below that of each lock;
   * at least 0.
   */
  readonly notBefore: number
  readonly firstEntry: number
  readonly entries: number
  /** Units for each transfer and each lock. */
  readonly fee: number
  readonly feeAccount: number
  readonly txRoot: Hex
  /** Over leaf and hash of each operation; zero without any. */
  readonly opRoot: Hex
  readonly traceRoot: Hex
  readonly exits: number
  readonly exitRoot: Hex
  /** Messages of the shard's inbox that are consumed up to and with this batch. */
  readonly inboxTo: number
  readonly consumed: readonly ConsumedParcel[]
  readonly outbox: readonly OutboxParcel[]
  /** Units in the shard after the batch. */
  readonly supply: bigint
  /** After this batch; undefined where it is not stated. */
  readonly stateRoot: Hex | undefined
}

export interface Claim extends UnsignedClaim {
  /** 96 bytes, of the sequencer's consensus key over `claimDigest`. */
  readonly signature: Uint8Array
}

/** The notAfter of a batch in which nothing becomes void. */
export const NO_LIMIT = 0xffff_ffff

/** What a claim says of operations where its body has none. */
export const WITHOUT_OPERATIONS = {
  settles: 0,
  refunds: 0,
  locks: 0,
  notBefore: 0,
  opRoot: `0x${'00'.repeat(32)}`,
} as const

const SIGNATURE_BYTES = 96
const U32_MAX = 0xffff_ffff
const U64_MAX = 2n ** 64n - 1n
const CLAIM_DOMAIN = utf8('AITBC-ROLLUP-CLAIM-1')
const GENESIS_DOMAIN = utf8('AITBC-ROLLUP-GENESIS-1')

/** The parent of a shard's first claim. */
export function genesisParent(genesisHash: Hex, shard: number): Hex {
  return keccakHex(concatBytes(GENESIS_DOMAIN, hexToBytes(genesisHash), u32Bytes(shard)))
}

function unsignedItems(claim: UnsignedClaim): RlpItem[] {
  const n = rlpInteger
  return [
    n(claim.shard),
    n(claim.number),
    n(claim.epoch),
    hexToBytes(claim.parent),
    n(claim.sequencer),
    hexToBytes(claim.bodyHash),
    n(claim.bodyBytes),
    n(claim.transfers),
    n(claim.settles),
    n(claim.refunds),
    n(claim.locks),
    n(claim.notAfter),
    n(claim.notBefore),
    n(claim.firstEntry),
    n(claim.entries),
    n(claim.fee),
    n(claim.feeAccount),
    hexToBytes(claim.txRoot),
    hexToBytes(claim.opRoot),
    hexToBytes(claim.traceRoot),
    n(claim.exits),
    hexToBytes(claim.exitRoot),
    n(claim.inboxTo),
    claim.consumed.map((one) => [n(one.shard), n(one.number)]),
    claim.outbox.map((one) => [n(one.shard), n(one.credits), n(one.amount), hexToBytes(one.root)]),
    n(claim.supply),
    hexToBytes(claim.stateRoot ?? '0x'),
  ]
}
const UNSIGNED_FIELDS = 27

/** Hashes the fields that are signed, so it needs no signature. */
export function claimHash(claim: UnsignedClaim): Hex {
  return bytesToHex(keccak(encodeRlp(unsignedItems(claim))))
}

/** The 32 bytes that the sequencer signs. */
export function claimDigest(genesisHash: Hex, hash: Hex): Uint8Array {
  return sha256(concatBytes(CLAIM_DOMAIN, hexToBytes(genesisHash), hexToBytes(hash)))
}

export function claimItem(claim: Claim): RlpItem {
  return [...unsignedItems(claim), claim.signature]
}

export function encodeClaim(claim: Claim): Uint8Array {
  return encodeRlp(claimItem(claim))
}

function asU32(item: RlpItem | undefined): number {
  const value = asNumber(item)
  if (value > U32_MAX) throw new RlpError('integer above 32 bits')
  return value
}

function asUnits(item: RlpItem | undefined): bigint {
  const value = asInteger(item)
  if (value > U64_MAX) throw new RlpError('amount above 64 bits')
  return value
}

const asHash = (item: RlpItem | undefined): Hex => bytesToHex(asBytes(item, 32))

function asShard(item: RlpItem | undefined): number {
  const shard = asNumber(item)
  if (shard >= SHARDS_MAX) throw new RlpError('no such shard')
  return shard
}

function asConsumed(item: RlpItem | undefined): ConsumedParcel[] {
  const list = asList(item)
  if (list.length > CLAIM_PARCELS_MAX) throw new RlpError('too many parcels')
  const parcels = list.map((one) => {
    const [shard, number] = asList(one, 2)
    return { shard: asShard(shard), number: asNumber(number) }
  })
  const rising = parcels.every((one, i) => {
    const before = parcels[i - 1]
    if (!before) return true
    return one.shard > before.shard || (one.shard === before.shard && one.number > before.number)
  })
  if (!rising) throw new RlpError('parcels are not in rising order')
  return parcels
}

function asOutbox(item: RlpItem | undefined): OutboxParcel[] {
  const list = asList(item)
  const parcels = list.map((one) => {
    const [shard, credits, amount, root] = asList(one, 4)
    return {
      shard: asShard(shard),
      credits: asU32(credits),
      amount: asUnits(amount),
      root: asHash(root),
    }
  })
  const rising = parcels.every((one, i) => i === 0 || one.shard > (parcels[i - 1]?.shard ?? -1))
  if (!rising) throw new RlpError('parcels are not in rising order')
  return parcels
}

function asStateRoot(item: RlpItem | undefined): Hex | undefined {
  return asBytes(item).length === 0 ? undefined : asHash(item)
}

/** Form only: whether what it says holds is for those who execute the batch. Throws RlpError. */
export function claimOfItem(item: RlpItem): Claim {
  const f = asList(item, UNSIGNED_FIELDS + 1)
  return {
    shard: asShard(f[0]),
    number: asNumber(f[1]),
    epoch: asNumber(f[2]),
    parent: asHash(f[3]),
    sequencer: asU32(f[4]),
    bodyHash: asHash(f[5]),
    bodyBytes: asU32(f[6]),
    transfers: asU32(f[7]),
    settles: asU32(f[8]),
    refunds: asU32(f[9]),
    locks: asU32(f[10]),
    notAfter: asU32(f[11]),
    notBefore: asNumber(f[12]),
    firstEntry: asNumber(f[13]),
    entries: asU32(f[14]),
    fee: asU32(f[15]),
    feeAccount: asU32(f[16]),
    txRoot: asHash(f[17]),
    opRoot: asHash(f[18]),
    traceRoot: asHash(f[19]),
    exits: asU32(f[20]),
    exitRoot: asHash(f[21]),
    inboxTo: asNumber(f[22]),
    consumed: asConsumed(f[23]),
    outbox: asOutbox(f[24]),
    supply: asUnits(f[25]),
    stateRoot: asStateRoot(f[26]),
    signature: asBytes(f[27], SIGNATURE_BYTES),
  }
}

/** Throws RlpError. */
export function decodeClaim(bytes: Uint8Array): Claim {
  return claimOfItem(decodeRlp(bytes))
}

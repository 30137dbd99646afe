// What validators send each other, in strict RLP. Nothing here is trusted before its signature or
// certificate has been checked.

import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import { type Certificate, decodeCertificate, encodeCertificate } from './certificate.ts'
import { CHECKPOINT, FINALIZE, NOTARIZE, NULLIFY, type Vote } from './vote.ts'

export interface Proposal {
  readonly epoch: number
  readonly view: number
  /** View of the notarisation that the proposal stands on. */
  readonly parentView: number
  /** Encoded block; one that ends the epoch is proposed again in later views until it is final. */
  readonly block: Uint8Array
  /** The leader's signature over PROPOSE, epoch, view and the block's hash. */
  readonly signature: Uint8Array
}

export type ConsensusMessage =
  | { readonly type: 'propose'; readonly proposal: Proposal }
  | { readonly type: 'vote'; readonly vote: Vote }
  | { readonly type: 'certificate'; readonly certificate: Certificate }
  /** Once a second: where the sender is. `final` is its last finality certificate, if any. */
  | {
      readonly type: 'status'
      readonly epoch: number
      readonly view: number
      readonly finalHeight: number
      readonly final: Certificate | undefined
    }
  /** Asks for certificates and proposals of a range of views of an epoch, both ends included. */
  | { readonly type: 'get'; readonly epoch: number; readonly from: number; readonly to: number }

const PROPOSE_TAG = 1
const VOTE_TAG = 2
const CERTIFICATE_TAG = 3
const STATUS_TAG = 4
const GET_TAG = 5

function proposalItems(proposal: Proposal): RlpItem[] {
  return [
    rlpInteger(proposal.epoch),
    rlpInteger(proposal.view),
    rlpInteger(proposal.parentView),
    proposal.block,
    proposal.signature,
  ]
}

function readProposal(items: RlpItem[]): Proposal {
  if (items.length !== 5) throw new RlpError('a proposal has 5 fields')
  return {
    epoch: asNumber(items[0]),
    view: asNumber(items[1]),
    parentView: asNumber(items[2]),
    block: asBytes(items[3]),
    signature: asBytes(items[4], 96),
  }
}

function voteItems(vote: Vote): RlpItem[] {
  return [
    rlpInteger(vote.kind),
    rlpInteger(vote.epoch),
    rlpInteger(vote.view),
    hexToBytes(vote.blockHash),
    rlpInteger(vote.signer),
    vote.signature,
  ]
}

function readVote(items: RlpItem[]): Vote {
  if (items.length !== 6) throw new RlpError('a vote has 6 fields')
  const kind = asNumber(items[0])
  if (kind !== NOTARIZE && kind !== NULLIFY && kind !== FINALIZE && kind !== CHECKPOINT) {
    throw new RlpError('unknown vote kind')
  }
  return {
    kind,
    epoch: asNumber(items[1]),
    view: asNumber(items[2]),
    blockHash: bytesToHex(asBytes(items[3], 32)),
    signer: asNumber(items[4]),
    signature: asBytes(items[5], 96),
  }
}

export function encodeMessage(message: ConsensusMessage): Uint8Array {
  const tagged = (tag: number, items: RlpItem[]) => encodeRlp([rlpInteger(tag), ...items])
  switch (message.type) {
    case 'propose':
      return tagged(PROPOSE_TAG, proposalItems(message.proposal))
    case 'vote':
      return tagged(VOTE_TAG, voteItems(message.vote))
    case 'certificate':
      return tagged(CERTIFICATE_TAG, [encodeCertificate(message.certificate)])
    case 'status':
      return tagged(STATUS_TAG, [
        rlpInteger(message.epoch),
        rlpInteger(message.view),
        rlpInteger(message.finalHeight),
        message.final ? encodeCertificate(message.final) : new Uint8Array(0),
      ])
    case 'get':
      return tagged(GET_TAG, [
        rlpInteger(message.epoch),
        rlpInteger(message.from),
        rlpInteger(message.to),
      ])
  }
}

/** PERF: a certificate is said and recorded many times. */
const certificateMessages = new WeakMap<Certificate, Uint8Array>()

/** The message that is this certificate, shared: not to be changed. */
export function certificateMessage(certificate: Certificate): Uint8Array {
  let message = certificateMessages.get(certificate)
  if (!message) {
    message = encodeMessage({ type: 'certificate', certificate })
    certificateMessages.set(certificate, message)
  }
  return message
}

function readTagged(tag: number, items: RlpItem[]): ConsensusMessage {
  if (tag === PROPOSE_TAG) return { type: 'propose', proposal: readProposal(items) }
  if (tag === VOTE_TAG) return { type: 'vote', vote: readVote(items) }
  if (tag === CERTIFICATE_TAG && items.length === 1) {
    return { type: 'certificate', certificate: decodeCertificate(asBytes(items[0])) }
  }
  if (tag === STATUS_TAG && items.length === 4) {
    const final = asBytes(items[3])
    return {
      type: 'status',
      epoch: asNumber(items[0]),
      view: asNumber(items[1]),
      finalHeight: asNumber(items[2]),
      final: final.length ? decodeCertificate(final) : undefined,
    }
  }
  if (tag === GET_TAG && items.length === 3) {
    const [epoch, from, to] = items
    return { type: 'get', epoch: asNumber(epoch), from: asNumber(from), to: asNumber(to) }
  }
  throw new RlpError('unknown message')
}

/** Undefined for anything that is not exactly one well-formed message. */
export function decodeMessage(bytes: Uint8Array): ConsensusMessage | undefined {
  try {
    const [tag, ...items] = asList(decodeRlp(bytes))
    return readTagged(asNumber(tag), items)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

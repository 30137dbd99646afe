// Contract events: indexed arguments are topics, the others are data.

import { utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import type { Log } from '../modules/module.ts'
import { AbiError, decodeArguments, encodeArguments } from './codec.ts'
import { signatureText } from './function.ts'
import type { AbiTypes, AbiValues } from './types.ts'

export interface AbiEvent<Ix extends AbiTypes = AbiTypes, Data extends AbiTypes = AbiTypes> {
  readonly name: string
  /** Static types only. In Solidity's text they come first in every event of ours. */
  readonly indexed: Ix
  readonly data: Data
  readonly topic: Hex
}

export function abiEvent<const Ix extends AbiTypes, const Data extends AbiTypes>(
  name: string,
  indexed: Ix,
  data: Data,
): AbiEvent<Ix, Data> {
  const topic = keccak(utf8(signatureText(name, [...indexed, ...data])))
  return { name, indexed, data, topic: bytesToHex(topic) }
}

export function encodeLog<Ix extends AbiTypes, Data extends AbiTypes>(
  address: Hex,
  event: AbiEvent<Ix, Data>,
  indexed: AbiValues<Ix>,
  data: AbiValues<Data>,
): Log {
  const words = encodeArguments(event.indexed, indexed)
  const topics = event.indexed.map((_, i) => bytesToHex(words.subarray(32 * i, 32 * i + 32)))
  return { address, topics: [event.topic, ...topics], data: encodeArguments(event.data, data) }
}

/** Throws AbiError unless the log is exactly this event. */
export function decodeLog<Ix extends AbiTypes, Data extends AbiTypes>(
  event: AbiEvent<Ix, Data>,
  log: Pick<Log, 'topics' | 'data'>,
): { indexed: AbiValues<Ix>; data: AbiValues<Data> } {
  const [topic, ...rest] = log.topics
  if (topic !== event.topic) throw new AbiError(`not a ${event.name} log`)
  const words = new Uint8Array(32 * rest.length)
  for (const [i, text] of rest.entries()) words.set(hexToBytes(text), 32 * i)
  return {
    indexed: decodeArguments(event.indexed, words),
    data: decodeArguments(event.data, log.data),
  }
}

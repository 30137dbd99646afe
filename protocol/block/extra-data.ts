// The 16 bytes of our own in a header's extraData: version(1) mode(1) epoch(4) view(8) ms(2), all
// big-endian. `ms` are the milliseconds of the header's time.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'

export interface ExtraData {
  /** 0 FAST, 1 BALANCED, 2 SECURE. */
  readonly mode: number
  readonly epoch: number
  readonly view: number
  readonly ms: number
}

const VERSION = 1
const LENGTH = 16

export function packExtraData({ mode, epoch, view, ms }: ExtraData): Hex {
  const bytes = new Uint8Array(LENGTH)
  const data = new DataView(bytes.buffer)
  data.setUint8(0, VERSION)
  data.setUint8(1, mode)
  data.setUint32(2, epoch)
  data.setBigUint64(6, BigInt(view))
  data.setUint16(14, ms)
  return bytesToHex(bytes)
}

/** Undefined when the bytes are not ours. */
export function unpackExtraData(extraData: Hex): ExtraData | undefined {
  const bytes = hexToBytes(extraData)
  if (bytes.length !== LENGTH || bytes[0] !== VERSION) return undefined
  const data = new DataView(bytes.buffer)
  const view = data.getBigUint64(6)
  const ms = data.getUint16(14)
  if (view > BigInt(Number.MAX_SAFE_INTEGER) || ms > 999) return undefined
  return { mode: data.getUint8(1), epoch: data.getUint32(2), view: Number(view), ms }
}

/** Unix milliseconds of a header. */
export function headerTimeMs(header: { timestamp: number; extraData: Hex }): number {
  return header.timestamp * 1000 + (unpackExtraData(header.extraData)?.ms ?? 0)
}

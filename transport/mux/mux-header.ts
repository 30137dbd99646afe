// The four bytes before each frame of a mux, and the bodies of its own few frames. Numbers are
// chosen by the sending end, count up from 1 and are never used again on the same carrier.

export const DATA = 0
export const OPEN = 1
export const PAIRED = 2
export const CLOSE = 3

export const HEADER_BYTES = 4
export const NUMBER_MAX = 0xff_ffff
export const NAME_BYTES_MAX = 256
export const WHY_CHARS_MAX = 256

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()

export function writeHeader(bytes: Uint8Array, kind: number, number: number): void {
  bytes[0] = kind
  bytes[1] = number >>> 16
  bytes[2] = number >>> 8
  bytes[3] = number
}

export function readNumber(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
  )
}

/** OPEN: my number, the number of yours that I answer (0: I know of none), the name. */
export function openFrame(number: number, answers: number, name: string): Uint8Array {
  const text = encoder.encode(name)
  const frame = new Uint8Array(HEADER_BYTES + 3 + text.length)
  writeHeader(frame, OPEN, number)
  frame.set([answers >>> 16, answers >>> 8, answers], HEADER_BYTES)
  frame.set(text, HEADER_BYTES + 3)
  return frame
}

/** PAIRED: my channel `number` now belongs to your channel `peer`. */
export function pairedFrame(number: number, peer: number): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + 3)
  writeHeader(frame, PAIRED, number)
  frame.set([peer >>> 16, peer >>> 8, peer], HEADER_BYTES)
  return frame
}

/** CLOSE of my channel. `alone`: it carried no frame, so no CLOSE follows on the data lane. */
export function closeFrame(number: number, alone: boolean, why: string): Uint8Array {
  const text = encoder.encode(why.slice(0, WHY_CHARS_MAX))
  const frame = new Uint8Array(HEADER_BYTES + 1 + text.length)
  writeHeader(frame, CLOSE, number)
  frame[HEADER_BYTES] = alone ? 1 : 0
  frame.set(text, HEADER_BYTES + 1)
  return frame
}

/** Undefined when the body is no OPEN. */
export function readOpen(frame: Uint8Array): { answers: number; name: string } | undefined {
  const length = frame.length - HEADER_BYTES - 3
  if (length < 1 || length > NAME_BYTES_MAX) return undefined
  try {
    const name = strict.decode(frame.subarray(HEADER_BYTES + 3))
    return { answers: readNumber(frame, HEADER_BYTES), name }
  } catch {
    return undefined
  }
}

/** Undefined when the body is no CLOSE. */
export function readClose(frame: Uint8Array): { alone: boolean; why: string } | undefined {
  const length = frame.length - HEADER_BYTES - 1
  const alone = frame[HEADER_BYTES]
  if (length < 0 || length > 3 * WHY_CHARS_MAX || (alone !== 0 && alone !== 1)) return undefined
  return { alone: alone === 1, why: lenient.decode(frame.subarray(HEADER_BYTES + 1)) }
}

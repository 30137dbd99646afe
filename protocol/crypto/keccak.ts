// Keccak-256 as Ethereum uses it: by our WebAssembly module, or by noble where there is none. Both
// give the same bytes; the tests compare them.

import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { INPUT_AT, loadKeccakModule, RATE } from './keccak-wasm.ts'

const HASH_BYTES = 32
const STATE_BYTES = 200

function makeKeccak(): (bytes: Uint8Array) => Uint8Array {
  const loaded = loadKeccakModule()
  if (!loaded) return (bytes) => keccak_256(bytes)
  const { memory, absorb } = loaded
  return (bytes) => {
    memory.fill(0, 0, STATE_BYTES)
    let at = 0
    for (; at + RATE <= bytes.length; at += RATE) {
      memory.set(bytes.subarray(at, at + RATE), INPUT_AT)
      absorb()
    }
    const rest = bytes.length - at
    // PERF: by hand, because a view of the rest costs more than copying it.
    for (let i = 0; i < rest; i++) memory[INPUT_AT + i] = bytes[at + i] as number
    memory.fill(0, INPUT_AT + rest, INPUT_AT + RATE)
    // Keccak's own padding, as before FIPS 202 added its suffix.
    memory[INPUT_AT + rest] = 1
    memory[INPUT_AT + RATE - 1] = (memory[INPUT_AT + RATE - 1] as number) | 0x80
    absorb()
    return memory.slice(0, HASH_BYTES)
  }
}

export const keccak: (bytes: Uint8Array) => Uint8Array = makeKeccak()

export function keccakHex(bytes: Uint8Array): Hex {
  return bytesToHex(keccak(bytes))
}

// Co-signatures of senders who each give their own: all of them in one check, each multiplied by a
// random factor so that no two bad ones cancel out, and by halving where that fails. A check of
// each alone would take a pairing each, ten times as long.

import blst from '@chainsafe/blst'

export interface CosignerColumns {
  /** 96 bytes each, of the registry. */
  readonly keys: Uint8Array
  /** What all of them signed. */
  readonly digest: Uint8Array
  /** 96 bytes each. */
  readonly signatures: Uint8Array
}

export interface CheckedCosigners {
  /** Places of those that do not hold, rising; with too many of them, of all not known to hold. */
  readonly bad: readonly number[]
  /** The aggregate of the others; empty when there are none. */
  readonly signature: Uint8Array
}

const EACH_BYTES = 96
/** So many bad ones are looked for; then what is left counts as bad too. */
export const BAD_COSIGNERS_MAX = 16

function keyOf(bytes: Uint8Array): blst.PublicKey | undefined {
  try {
    return blst.PublicKey.fromBytes(bytes)
  } catch {
    return undefined
  }
}

function holds(sets: readonly blst.PkAndSerializedSig[], digest: Uint8Array): boolean {
  try {
    const [first] = sets
    if (first && sets.length === 1) {
      return blst.verify(digest, first.pk, blst.Signature.fromBytes(first.sig), false, true)
    }
    // The group of each signature is checked on the way.
    const { pk, sig } = blst.aggregateWithRandomness([...sets])
    return blst.verify(digest, pk, sig, false, false)
  } catch {
    return false
  }
}

export function checkCosigners({ keys, digest, signatures }: CosignerColumns): CheckedCosigners {
  const at = (bytes: Uint8Array, i: number) => bytes.subarray(i * EACH_BYTES, (i + 1) * EACH_BYTES)
  const bad: number[] = []
  const places: number[] = []
  const sets: blst.PkAndSerializedSig[] = []
  for (let i = 0; i < Math.floor(signatures.length / EACH_BYTES); i++) {
    const pk = keyOf(at(keys, i))
    if (!pk) bad.push(i)
    else {
      places.push(i)
      sets.push({ pk, sig: at(signatures, i) })
    }
  }
  const search = (start: number, end: number): void => {
    if (start === end || holds(sets.slice(start, end), digest)) return
    if (end - start === 1 || bad.length >= BAD_COSIGNERS_MAX) {
      bad.push(...places.slice(start, end))
      return
    }
    const middle = (start + end) >> 1
    search(start, middle)
    search(middle, end)
  }
  search(0, sets.length)
  bad.sort((a, b) => a - b)
  const left = new Set(bad)
  const good = sets.filter((_, i) => !left.has(places[i] as number)).map(({ sig }) => sig)
  if (good.length === 0) return { bad, signature: new Uint8Array(0) }
  return { bad, signature: blst.aggregateSerializedSignatures(good, false).toBytes() }
}

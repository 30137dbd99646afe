// Paths through the trie: keys as half-bytes, and their compact encoding (Yellow Paper, appendix
// C).

export function toNibbles(key: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(key.length * 2)
  for (let i = 0; i < key.length; i++) {
    nibbles[2 * i] = (key[i] as number) >> 4
    nibbles[2 * i + 1] = (key[i] as number) & 15
  }
  return nibbles
}

export function commonPrefix(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length)
  let i = 0
  while (i < most && a[i] === b[i]) i++
  return i
}

export function compactPath(path: Uint8Array, isLeaf: boolean): Uint8Array {
  const odd = path.length % 2
  const bytes = new Uint8Array(1 + (path.length - odd) / 2)
  bytes[0] = (isLeaf ? 0x20 : 0) + (odd ? 0x10 + (path[0] as number) : 0)
  for (let i = odd, at = 1; i < path.length; i += 2, at++) {
    bytes[at] = (path[i] as number) * 16 + (path[i + 1] as number)
  }
  return bytes
}

/** Undefined when the bytes are no canonical compact path. */
export function expandPath(bytes: Uint8Array): { path: Uint8Array; isLeaf: boolean } | undefined {
  const first = bytes[0]
  if (first === undefined || first >= 0x40) return undefined
  const odd = (first & 0x10) !== 0
  if (!odd && (first & 15) !== 0) return undefined
  const nibbles = toNibbles(bytes).subarray(odd ? 1 : 2)
  return { path: nibbles, isLeaf: (first & 0x20) !== 0 }
}

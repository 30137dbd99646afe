// Columns of numbers as the bytes in which they travel, and back.

/** u32 little endian; a view. */
export function columnBytes(column: Uint32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}

/** A view where the bytes are aligned, else a copy. Bytes beyond the last whole number are left. */
export function bytesColumn(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 4))
}

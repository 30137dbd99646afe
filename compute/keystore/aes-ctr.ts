// AES-128 in counter mode, as both key file standards use it. Encrypts and decrypts alike.

import { createCipheriv } from 'node:crypto'

/** `key` and `iv` have 16 bytes. */
export function aesCtr(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ctr', key, iv)
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]))
}

// A file that is exactly the RFC 8785 text of a value, so that no byte of it can change.

import { BUNDLE_BYTES_MAX } from '../../config/limits.ts'
import { utf8 } from '../../lib/bytes.ts'
import { JcsError, parseCanonicalJson } from './jcs.ts'

export type CanonicalFile =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/** Bytes or text. Any other spelling of the value is refused. Never throws. */
export function readCanonicalFile(file: Uint8Array | string): CanonicalFile {
  const bytes = typeof file === 'string' ? utf8(file) : file
  if (bytes.length > BUNDLE_BYTES_MAX) {
    return { ok: false, reason: `larger than ${BUNDLE_BYTES_MAX} bytes` }
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return { ok: true, value: parseCanonicalJson(decoder.decode(bytes)) }
  } catch (error) {
    return { ok: false, reason: error instanceof JcsError ? error.message : 'not UTF-8 text' }
  }
}

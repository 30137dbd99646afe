// A report names itself by the hash of what it says and is signed by whoever measured: a figure
// that is quoted anywhere can be traced to its run, and no digit of it changed since.

import {
  ed25519Keys,
  signEd25519Native,
  verifyEd25519Native,
} from '../../compute/crypto/ed25519-native.ts'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { sha256Bytes } from '../../protocol/crypto/sha256.ts'
import { canonicalJson } from '../../protocol/receipt/jcs.ts'
import type { BenchResult } from './bench-result.ts'

export interface Signed {
  /** The first eight bytes of the hash. */
  readonly id: string
  readonly signature: {
    /** Ed25519, 32 bytes; RFC 8032. */
    readonly key: Hex
    readonly value: Hex
  }
}

export type SignedReport = BenchResult & Signed

/** Whose file it is not part of. */
interface Filed {
  readonly report: string
}

const DOMAIN = utf8('AITBC-BENCH-REPORT')
const ID_BYTES = 8

/** Of the document without its name, its signature, and where its file lies (RFC 8785). */
function digestOf(document: Filed): Uint8Array {
  const { id: _, signature: __, report: ___, ...said } = document as Filed & Signed
  return sha256Bytes(concatBytes(DOMAIN, utf8(canonicalJson(said, { floats: true }))))
}

function idOf(digest: Uint8Array): string {
  return bytesToHex(digest.subarray(0, ID_BYTES)).slice(2)
}

/** As JSON has it. `seed`: 32 bytes, the reporter's secret. */
export function signReport<T extends Filed>(result: T, seed: Uint8Array): T & Signed {
  const digest = digestOf(result)
  const { publicKey, secretKey } = ed25519Keys(seed)
  const value = bytesToHex(signEd25519Native(secretKey, digest))
  return { ...result, id: idOf(digest), signature: { key: bytesToHex(publicKey), value } }
}

export type ReportFault = 'NOT_SIGNED' | 'OTHER_ID' | 'BAD_SIGNATURE'

/** Undefined when it says what its reporter signed. */
export function reportFault<T extends Filed>(report: T & Partial<Signed>): ReportFault | undefined {
  const { id, signature } = report
  if (!id || !signature) return 'NOT_SIGNED'
  const digest = digestOf(report)
  if (idOf(digest) !== id) return 'OTHER_ID'
  const holds = verifyEd25519Native(hexToBytes(signature.key), digest, hexToBytes(signature.value))
  return holds ? undefined : 'BAD_SIGNATURE'
}

// The greeting of two hosts: protocol version, who speaks, which life of his, his vocabularies and
// how much he takes before he has confirmed it. Greetings stand outside the numbering of frames and
// are said again until both sides know that they were heard, so they survive a lossy link.

import { LINK_VOCABULARIES_MAX } from '../../config/limits.ts'
import { codecOf } from '../../lib/msgpack/codec.ts'
import { Reader } from '../../lib/msgpack/reader.ts'
import { Writer } from '../../lib/msgpack/writer.ts'
import { bool, type Infer, list, str, struct, u53 } from '../../lib/schema.ts'
import { HELLO, PROTOCOL_VERSION } from './frame.ts'

const Hello = struct({
  host: str(256),
  /** Drawn anew at every start of the host. */
  nonce: u53,
  /** The speaker has heard the other. */
  heard: bool,
  /** The speaker knows that the other has heard him. */
  confirmed: bool,
  windowMessages: u53,
  windowBytes: u53,
  vocabularies: list(struct({ kind: str(64), version: u53 }), LINK_VOCABULARIES_MAX),
})

export type Hello = Infer<typeof Hello>

export function writeHello(hello: Hello): Uint8Array {
  const writer = new Writer(256)
  writer.u8(HELLO)
  writer.uint(PROTOCOL_VERSION)
  codecOf(Hello).write(writer, hello)
  return writer.written
}

/** The greeting, or the version of a protocol that is not ours. Throws SchemaError. */
export function readHello(frame: Uint8Array): Hello | { readonly otherVersion: number } {
  const reader = new Reader().open(frame)
  if (reader.u8() !== HELLO) reader.fail('a greeting')
  const version = reader.uint()
  if (version !== PROTOCOL_VERSION) return { otherVersion: version }
  const hello = codecOf(Hello).read(reader)
  reader.close()
  return hello
}

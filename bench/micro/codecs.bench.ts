// Codecs compiled from schemas against the same composed of closures, and against a general packer:
// nanoseconds to write and to read one body, medians of interleaved rounds. npm run bench -- codecs

import { Packr } from 'msgpackr'
import { type Codec, codecOf } from '../../lib/msgpack/codec.ts'
import { Reader } from '../../lib/msgpack/reader.ts'
import { Writer } from '../../lib/msgpack/writer.ts'
import { bool, bytes, hex, type Schema, str, struct, u53 } from '../../lib/schema.ts'
import { Rounds } from './runtime/rounds.ts'

const ROUNDS = 15
const TIMES = 50_000

const packr = new Packr({ useRecords: false, structuredClone: false })

/** The same codec without generated code: one function object for each part of the schema. */
function composed(schema: Schema<unknown>): Codec<unknown> {
  const { shape } = schema
  switch (shape?.type) {
    case 'u53':
      return { write: (w, value) => w.uint(value as number), read: (r) => r.uint() }
    case 'bool':
      return { write: (w, value) => w.bool(value as boolean), read: (r) => r.bool() }
    case 'str':
      return {
        write: (w, value) => w.text(value as string, shape.max),
        read: (r) => r.text(shape.max),
      }
    case 'bytes':
      return {
        write: (w, value) => w.bin(value as Uint8Array, shape.max),
        read: (r) => r.bin(shape.max),
      }
    case 'hex':
      return {
        write: (w, value) => w.hex(value as string, shape.length),
        read: (r) => r.hex(shape.length),
      }
    case 'struct':
      return composedStruct(
        Object.entries(shape.fields).map(([name, one]) => [name, composed(one)]),
      )
    default:
      throw new Error(`not in this bench: ${shape?.type}`)
  }
}

function composedStruct(fields: readonly (readonly [string, Codec<unknown>])[]): Codec<unknown> {
  return {
    write(w, value) {
      w.list(fields.length)
      for (const [name, codec] of fields) codec.write(w, (value as Record<string, unknown>)[name])
    },
    read(r) {
      r.fields(fields.length)
      const value: Record<string, unknown> = {}
      for (const [name, codec] of fields) value[name] = codec.read(r)
      return value
    },
  }
}

/** Nanoseconds for one `run`. */
function cost(run: (i: number) => void): number {
  const started = performance.now()
  for (let i = 0; i < TIMES; i++) run(i)
  return ((performance.now() - started) / TIMES) * 1e6
}

function writing({ write }: Codec<unknown>, value: unknown): () => number {
  const writer = new Writer(1 << 20)
  return () =>
    cost(() => {
      if (writer.at > 1 << 19) writer.reset()
      write(writer, value)
    })
}

function reading({ read }: Codec<unknown>, encoded: Uint8Array): () => number {
  const reader = new Reader().open(encoded)
  return () =>
    cost(() => {
      reader.at = 0
      read(reader)
    })
}

const bodies: readonly [string, Schema<unknown>, unknown][] = [
  [
    'numbers and text',
    struct({ id: u53, price: u53, amount: u53, buys: bool, market: str(16), note: str(64) }),
    { id: 12_345, price: 1e6, amount: 7, buys: true, market: 'AIT-USD', note: 'until the evening' },
  ],
  [
    'addresses and hashes',
    struct({ from: hex(20), hash: hex(32), nonce: u53 }),
    { from: `0x${'ab'.repeat(20)}`, hash: `0x${'cd'.repeat(32)}`, nonce: 5 },
  ],
  ['bytes', struct({ n: u53, data: bytes(1024) }), { n: 7, data: new Uint8Array(200).fill(9) }],
]

console.log('ns to write and to read one body: compiled, composed of closures, msgpackr')
// All schemas take their turn in every round: in a program too, many share the composed loop.
const rounds = new Rounds()
const contestants: Record<string, () => number> = {}
for (const [name, schema, value] of bodies) {
  const [compiled, closures] = [codecOf(schema), composed(schema)]
  const writer = new Writer()
  compiled.write(writer, value)
  const encoded = writer.written.slice()
  contestants[`${name}: write compiled`] = writing(compiled, value)
  contestants[`${name}: write composed`] = writing(closures, value)
  contestants[`${name}: write msgpackr`] = () => cost(() => packr.pack(schema.encode(value)))
  contestants[`${name}: read compiled`] = reading(compiled, encoded)
  contestants[`${name}: read composed`] = reading(closures, encoded)
  contestants[`${name}: read msgpackr`] = () => cost(() => schema.decode(packr.unpack(encoded)))
}
await rounds.run(ROUNDS, contestants)
for (const [name] of bodies) {
  for (const way of ['write', 'read']) {
    const ns = ['compiled', 'composed', 'msgpackr'].map((kind) =>
      rounds.median(`${name}: ${way} ${kind}`).toFixed(0).padStart(6),
    )
    console.log(`${name.padEnd(22)} ${way.padEnd(6)} ${ns.join(' ')}`)
  }
}

// Keccak-f[1600] (FIPS 202, section 3) as a small WebAssembly module, assembled here: JavaScript
// has no 64-bit rotation, and hashing is most of what a state root costs. The memory holds the
// state in bytes 0-199, the 24 round constants from 200, and one input block from 512.

const LANES = 25
const ROUND_CONSTANTS_AT = 200
export const INPUT_AT = 512
/** Bytes that Keccak-256 absorbs at a time. */
export const RATE = 136

/** Opcodes of the WebAssembly core specification, section 5.4. */
const op = {
  loop: 0x03,
  brIf: 0x0d,
  end: 0x0b,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load: 0x29,
  store: 0x37,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtU: 0x49,
  i32Add: 0x6a,
  and: 0x83,
  xor: 0x85,
  rotl: 0x89,
}
const I32 = 0x7f
const I64 = 0x7e

function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f
    const last = (rest >> 7 === 0 && low < 0x40) || (rest >> 7 === -1 && low >= 0x40)
    if (last) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

// Locals: a 0-24 the state, b 25-49 the state after rho and pi, c 50-54 columns, d 55, i 56.
const a = (i: number) => i
const b = (i: number) => LANES + i
const c = (i: number) => 2 * LANES + (i % 5)
const D = 2 * LANES + 5
const I = D + 1

const get = (local: number) => [op.get, local]
const set = (local: number) => [op.set, local]
const load = (at: number) => [op.i32Const, 0, op.load, 3, ...unsigned(at)]
const loadFrom = (base: number[], at: number) => [...base, op.load, 3, ...unsigned(at)]
const store = (at: number, value: number[]) => [
  op.i32Const,
  0,
  ...value,
  op.store,
  3,
  ...unsigned(at),
]
const rotl = (by: number) => [op.i64Const, ...signed(by), op.rotl]

/** Offsets of rho and targets of pi, walked as FIPS 202 3.2.2 walks them. */
function rhoPi(): { from: number; to: number; by: number }[] {
  const moves = [{ from: 0, to: 0, by: 0 }]
  let x = 1
  let y = 0
  for (let t = 0; t < 24; t++) {
    const by = (((t + 1) * (t + 2)) / 2) % 64
    moves.push({ from: x + 5 * y, to: y + 5 * ((2 * x + 3 * y) % 5), by })
    const next = (2 * x + 3 * y) % 5
    x = y
    y = next
  }
  return moves
}

function round(): number[] {
  const code: number[] = []
  for (let x = 0; x < 5; x++) {
    code.push(...get(a(x)))
    for (let y = 1; y < 5; y++) code.push(...get(a(x + 5 * y)), op.xor)
    code.push(...set(c(x)))
  }
  for (let x = 0; x < 5; x++) {
    code.push(...get(c(x + 4)), ...get(c(x + 1)), ...rotl(1), op.xor, ...set(D))
    for (let y = 0; y < 5; y++) {
      const lane = a(x + 5 * y)
      code.push(...get(lane), ...get(D), op.xor, ...set(lane))
    }
  }
  for (const { from, to, by } of rhoPi()) code.push(...get(a(from)), ...rotl(by), ...set(b(to)))
  for (let y = 0; y < 25; y += 5) {
    for (let x = 0; x < 5; x++) {
      const [self, one, two] = [b(y + x), b(y + ((x + 1) % 5)), b(y + ((x + 2) % 5))]
      const notOne = [...get(one), op.i64Const, ...signed(-1), op.xor]
      code.push(...get(self), ...notOne, ...get(two), op.and, op.xor, ...set(a(y + x)))
    }
  }
  const constant = loadFrom(get(I), ROUND_CONSTANTS_AT)
  return [...code, ...get(a(0)), ...constant, op.xor, ...set(a(0))]
}

/** XORs the input block into the state and permutes. */
function absorb(): number[] {
  const code: number[] = []
  for (let i = 0; i < LANES; i++) {
    code.push(...load(8 * i))
    if (8 * i < RATE) code.push(...load(INPUT_AT + 8 * i), op.xor)
    code.push(...set(a(i)))
  }
  const next = [...get(I), op.i32Const, 8, op.i32Add, op.tee, I]
  const more = [...next, op.i32Const, ...signed(24 * 8), op.i32LtU, op.brIf, 0]
  code.push(op.loop, 0x40, ...round(), ...more, op.end)
  for (let i = 0; i < LANES; i++) code.push(...store(8 * i, get(a(i))))
  return [...code, op.end]
}

const section = (id: number, body: number[]) => [id, ...unsigned(body.length), ...body]
const name = (text: string) => [text.length, ...[...text].map((char) => char.charCodeAt(0))]

function assemble(): Uint8Array {
  const locals = [2, ...unsigned(D + 1), I64, 1, I32]
  const body = [...locals, ...absorb()]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('absorb'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ])
}

/** By the linear feedback register of FIPS 202 3.2.5. */
function writeRoundConstants(memory: DataView): void {
  let register = 1
  for (let i = 0; i < 24; i++) {
    let constant = 0n
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt(2 ** j - 1)
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0)
    }
    memory.setBigUint64(ROUND_CONSTANTS_AT + 8 * i, constant, true)
  }
}

export interface KeccakModule {
  readonly memory: Uint8Array
  absorb(): void
}

/** The part of the platform's WebAssembly that is used here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> }
}

/** Undefined where WebAssembly is not to be had (a page's content policy may forbid it). */
export function loadKeccakModule(): KeccakModule | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble()))
    const { buffer } = exports.memory as { readonly buffer: ArrayBuffer }
    writeRoundConstants(new DataView(buffer))
    return { memory: new Uint8Array(buffer), absorb: exports.absorb as () => void }
  } catch {
    return undefined
  }
}

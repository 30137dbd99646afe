// The ABI codec against viem, both ways, and its strictness.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as viem from 'viem'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { AbiError, decodeArguments, encodeArguments } from '../../../protocol/abi/codec.ts'
import { decodeErrorString, encodeErrorString } from '../../../protocol/abi/error-string.ts'
import { abiEvent, decodeLog, encodeLog } from '../../../protocol/abi/event.ts'
import { abiFunction, encodeCall } from '../../../protocol/abi/function.ts'
import type { AbiType } from '../../../protocol/abi/types.ts'

const hexOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex)
const ARBITRARY: Record<AbiType, fc.Arbitrary<unknown>> = {
  uint8: fc.bigInt(0n, 255n),
  uint64: fc.bigInt(0n, 2n ** 64n - 1n),
  uint256: fc.bigInt(0n, 2n ** 256n - 1n),
  address: hexOf(20),
  bytes32: hexOf(32),
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 70 }),
  string: fc.string({ unit: 'grapheme', maxLength: 40 }),
}
const typed = fc
  .array(fc.constantFrom(...(Object.keys(ARBITRARY) as AbiType[])), { maxLength: 6 })
  .chain((types) => fc.tuple(fc.constant(types), fc.tuple(...types.map((type) => ARBITRARY[type]))))
const forViem = (values: unknown[]) =>
  values.map((value) => (value instanceof Uint8Array ? bytesToHex(value) : value))

test('encodes as viem does, and decodes what viem encodes', () => {
  fc.assert(
    fc.property(typed, ([types, values]) => {
      const ours = encodeArguments(types, values as never)
      const theirs = viem.encodeAbiParameters(
        types.map((type) => ({ type })),
        forViem(values) as never,
      )
      assert.is(bytesToHex(ours), theirs)
      assert.equal(decodeArguments(types, ours), values)
    }),
    { numRuns: 300 },
  )
})

test('whatever is accepted is the encoding of what was read: no second spelling', () => {
  fc.assert(
    fc.property(typed, fc.nat(), fc.integer({ min: 1, max: 255 }), ([types, values], at, flip) => {
      const data = encodeArguments(types, values as never)
      if (data.length === 0) return
      const altered = Uint8Array.from(data)
      altered[at % data.length] = (altered[at % data.length] as number) ^ flip
      try {
        const read = decodeArguments(types, altered)
        assert.equal(encodeArguments(types, read), altered)
      } catch (error) {
        assert.instance(error, AbiError)
      }
      assert.throws(() => decodeArguments(types, data.subarray(0, -1)), /argument/)
      assert.throws(() => decodeArguments(types, Uint8Array.from([...data, 0])), /expected/)
    }),
    { numRuns: 500 },
  )
})

test('values that do not fit are refused', () => {
  assert.throws(() => encodeArguments(['uint64'], [2n ** 64n]), /not uint64/)
  assert.throws(() => encodeArguments(['uint8'], [-1n]), /not uint8/)
  assert.throws(() => encodeArguments(['address'], ['0x12']), /not address/)
})

test('selectors, topics and Error(string) agree with viem', () => {
  const fn = abiFunction('settle', ['bytes32', 'uint64', 'bytes'], [])
  assert.is(fn.selector, viem.toFunctionSelector('settle(bytes32,uint64,bytes)'))
  const args = [`0x${'ab'.repeat(32)}`, 7n, hexToBytes('0x0102')] as const
  const abi = viem.parseAbi([
    'function settle(bytes32 a, uint64 b, bytes c)',
    'event Settled(bytes32 indexed jobId, address indexed who, uint256 amount)',
  ])
  const theirs = viem.encodeFunctionData({
    abi,
    functionName: 'settle',
    args: [args[0], 7n, '0x0102'],
  })
  assert.is(bytesToHex(encodeCall(fn, args)), theirs)

  const event = abiEvent('Settled', ['bytes32', 'address'], ['uint256'])
  const who: Hex = `0x${'cd'.repeat(20)}`
  const log = encodeLog(who, event, [args[0], who], [5n])
  const topics = log.topics as [Hex, ...Hex[]]
  const seen = viem.decodeEventLog({ abi, topics, data: bytesToHex(log.data) })
  assert.is(seen.eventName, 'Settled')
  assert.is(seen.args.amount, 5n)
  assert.equal(decodeLog(event, log), { indexed: [args[0], who], data: [5n] })
  assert.throws(() => decodeLog(event, { ...log, topics: [event.topic] }), /ends too early/)

  const output = encodeErrorString('NOT_PARTY: née')
  const errorAbi = viem.parseAbi(['error Error(string)'])
  const decoded = viem.decodeErrorResult({ abi: errorAbi, data: bytesToHex(output) })
  assert.equal(decoded.args, ['NOT_PARTY: née'])
  assert.is(decodeErrorString(output), 'NOT_PARTY: née')
  assert.is(decodeErrorString(output.subarray(0, 40)), undefined)
})

test.run()

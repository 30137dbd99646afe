// RFC 8785: the published examples, and properties over arbitrary JSON.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalJson, parseCanonicalJson } from '../../../protocol/receipt/jcs.ts'

test('the example of RFC 8785 section 3.2.2', () => {
  const source = `{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
    "literals": [null, true, false]
  }`
  const expected =
    '{"literals":[null,true,false],' +
    '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
  assert.is(canonicalJson(JSON.parse(source), { floats: true }), expected)
})

test('members sort by UTF-16 code units (RFC 8785 section 3.2.3)', () => {
  const value = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 }
  const order = [...canonicalJson(value).matchAll(/:(\d)/g)].map((match) => match[1])
  assert.equal(order, ['2', '4', '6', '7', '1', '5', '3'])
})

test('our own documents refuse floats, unsafe integers and lone surrogates', () => {
  assert.throws(() => canonicalJson({ a: 0.5 }), /value\.a: 0\.5 is not a safe integer/)
  assert.throws(() => canonicalJson([2 ** 53]), /safe integer/)
  assert.throws(() => canonicalJson('\ud800'), /surrogate/)
  assert.throws(() => canonicalJson({ a: 1n }), /bigint/)
  assert.throws(() => canonicalJson(Number.NaN, { floats: true }), /not JSON/)
  assert.is(canonicalJson({ b: -0, a: undefined }), '{"b":0}')
})

test('any JSON survives, and any other spelling is refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value, { floats: true })
      const plain = JSON.parse(JSON.stringify(value))
      assert.is(canonicalJson(parseCanonicalJson(text, { floats: true }), { floats: true }), text)
      assert.equal(JSON.parse(text), plain)
    }),
    { numRuns: 300 },
  )
  for (const text of ['{"a":1, "b":2}', '{"b":1,"a":2}', '{"a":1,"a":1}', '1.0', '"\\u0041"', '']) {
    assert.throws(() => parseCanonicalJson(text), /canonical|not JSON/)
  }
})

test.run()

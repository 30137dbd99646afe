// Job requests: the published body, defaults, canonical form, and refusals that help.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compareDecimals, decimalText } from '../../../protocol/job/decimal.ts'
import { jobIdOf, requestHash } from '../../../protocol/job/job-id.ts'
import { readCanonicalRequest, readRequest } from '../../../protocol/job/read-request.ts'
import { unitsBound } from '../../../protocol/job/units-bound.ts'

const salt = `0x${'00000007'.padEnd(64, 'a')}` as const
const published = {
  type: 'inference',
  model_id: 'gpt-4',
  input_data: 'Hello, world!',
  requirements: { max_tokens: 100, temperature: 0.7 },
}

test('the published body becomes one canonical text with every default', () => {
  const read = readRequest(published, salt)
  assert.ok(read.ok)
  assert.is(
    read.text,
    '{"input_data":{"prompt":"Hello, world!"},"model_id":"gpt-4","requirements":{' +
      '"deadline_seconds":900,"max_tokens":100,"repetition_penalty":"1.1","seed":7,"stop":[],' +
      '"temperature":"0.7","top_k":40,"top_p":"0.9","verification":"V0"},' +
      `"salt":"${salt}","type":"inference","version":"1"}`,
  )
  const again = readCanonicalRequest(read.text)
  assert.ok(again.ok)
  assert.equal(again.request, read.request)
  assert.is(unitsBound(read.request, 'tokens'), 13 + 64 + 100)
  assert.is(unitsBound(read.request, 'inputs'), 1)
})

test('equal requests with other salts are other jobs; other consumers have other jobs', () => {
  const [a, b] = [salt, `0x${'b'.repeat(64)}` as const].map((s) => {
    const read = readRequest(published, s)
    assert.ok(read.ok)
    return requestHash(read.text)
  })
  assert.is.not(a, b)
  const consumer = `0x${'11'.repeat(20)}` as const
  assert.is.not(jobIdOf(1337n, consumer, a as never), jobIdOf(1338n, consumer, a as never))
})

test('only canonical text is accepted where a quote must be repeated', () => {
  const read = readRequest(published, salt)
  assert.ok(read.ok)
  const spaced = readCanonicalRequest(`${read.text} `)
  assert.not.ok(spaced.ok)
  assert.not.ok(readCanonicalRequest(JSON.stringify(published)).ok)
  assert.not.ok(readCanonicalRequest('{').ok)
})

const refusals: [Record<string, unknown>, string, RegExp][] = [
  [{ type: 'training' }, 'type', /use "inference"/],
  [{ model_id: undefined }, 'model_id', /aitbc models/],
  [{ model_id: 'x'.repeat(129) }, 'model_id', /models/],
  [{ input_data: undefined }, 'input_data', /prompt/],
  [{ input_data: '' }, 'input_data', /send text/],
  [{ input_data: 5 }, 'input_data', /send|prompt/],
  [{ input_data: { promt: 'x' } }, 'input_data.promt', /did you mean prompt/],
  [{ input_data: { prompt: 'x', input: ['y'] } }, 'input_data', /send text/],
  [{ input_data: [] }, 'input_data', /send text/],
  [{ input_data: ['\ud800'] }, 'input_data[0]', /send text/],
  [
    { input_data: { messages: [{ role: 'boss', content: 'x' }] } },
    'input_data.messages[0].role',
    /send/,
  ],
  [{ requirements: { max_token: 5 } }, 'requirements.max_token', /did you mean max_tokens/],
  [{ requirements: { max_tokens: 0 } }, 'requirements.max_tokens', /between 1 and 4096/],
  [{ requirements: { max_tokens: '5' } }, 'requirements.max_tokens', /whole number/],
  [{ requirements: { temperature: 2.1 } }, 'requirements.temperature', /decimals/],
  [{ requirements: { temperature: 'hot' } }, 'requirements.temperature', /decimals/],
  [{ requirements: { seed: -1 } }, 'requirements.seed', /between/],
  [{ requirements: { stop: 5 } }, 'requirements.stop', /stop/],
  [{ requirements: { verification: 'V6' } }, 'requirements.verification', /V0/],
  [{ requirements: { max_price: 5 } }, 'requirements.max_price', /AITBC/],
  [{ requirements: { provider: '0x12' } }, 'requirements.provider', /40 hex/],
  [{ salt: '0x12' }, 'salt', /leave salt out/],
  [{ version: '2' }, 'version', /leave/],
  [{ prompt: 'x' }, 'prompt', /known fields|did you mean/],
]

test('every refusal names the field and says what to do', () => {
  for (const [change, field, hint] of refusals) {
    const read = readRequest({ ...published, ...change }, salt)
    if (read.ok) throw new Error(`accepted ${JSON.stringify(change)}`)
    assert.is(read.field, field)
    assert.match(read.hint, hint)
  }
  assert.not.ok(readRequest([], salt).ok)
  assert.not.ok(readRequest(null, salt).ok)
})

test('any JSON at all is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (input, requirements) => {
      const read = readRequest({ ...published, input_data: input, requirements }, salt)
      if (read.ok) assert.ok(readCanonicalRequest(read.text).ok)
    }),
    { numRuns: 300 },
  )
})

test('decimals have one spelling and compare exactly', () => {
  const cases: [unknown, string | undefined][] = [
    [0.7, '0.7'],
    ['0.70', '0.7'],
    [1, '1'],
    ['1.0', '1'],
    [-0, '0'],
    [1e-7, '0.0000001'],
    ['.5', undefined],
    ['1e3', undefined],
    ['+1', undefined],
    [Number.NaN, undefined],
    [true, undefined],
    ['0.1234567891', undefined],
  ]
  for (const [value, expected] of cases) assert.is(decimalText(value), expected, String(value))
  assert.ok(compareDecimals('0.9', '0.10') > 0)
  assert.ok(compareDecimals('-1', '0') < 0)
  assert.is(compareDecimals('2', '2'), 0)
})

test.run()
